"""Counts the retraces of calls, and inspects the graph of the timed step. May use `benchmark` and `training`."""
