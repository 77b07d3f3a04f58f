"""What one can take away of a run as a file that other programs open. Begin with `steps`."""
