"""Gives waiting jobs to workers, on this machine or a cluster, and notices the dead. Begin with `engine`."""
