"""Tests and benchmarks. A package by name: Hershey-Fonts, which a benchmark needs, brings a `tests` of its own."""
