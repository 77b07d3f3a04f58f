"""A package because a library of the benchmarks installs its own `tests` (Hershey-Fonts 2.1)."""
