"""The Runs page: all runs in a table, several laid over one another, and several started together (`groups`).

Begin with `table`. May use `jobs`.
"""
