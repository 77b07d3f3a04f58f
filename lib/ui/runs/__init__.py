"""The Runs page: all runs in a table, and several laid over one another. Begin with `table`. May use `jobs`."""
