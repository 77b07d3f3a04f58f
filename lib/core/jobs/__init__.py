"""How long a run or a study will wait for those before it. May use `diagnosis`, `training` and `studies`."""
