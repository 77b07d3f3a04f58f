"""Gives waiting jobs to workers, on this machine or a cluster, and detects dead ones. Begin with `engine`."""
