"""Made the model that reads drawings: `python -m lib.ml.shipped.make`. May use `training`."""
