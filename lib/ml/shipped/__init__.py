"""How the model that reads drawings was made: `python -m lib.ml.shipped.make`. May use `training`."""
