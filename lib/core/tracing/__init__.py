"""Retraces and graphs as values: which call traced and why, the nodes of a step, their places in a drawing."""
