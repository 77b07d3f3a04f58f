"""Retraces and graphs as values: which call traced and why, the nodes of a step, where they are drawn."""
