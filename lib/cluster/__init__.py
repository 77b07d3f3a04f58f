"""Several web servers, a scheduler and workers on one machine, as they would be on many. Begin with `__main__`."""
