"""Calls that trace anew, counted, and the graph of the timed step. May use `benchmark` and `training`."""
