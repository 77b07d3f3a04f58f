"""A package, since one of the libraries that benchmarks use brings another `tests` along (Hershey-Fonts 2.1)."""
