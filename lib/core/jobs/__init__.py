"""Estimates how long a queued run or study will wait. May use `diagnosis`, `training` and `studies`."""
