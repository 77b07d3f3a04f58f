"""Timings as statistics: intervals, ratios, verdicts, factors one at a time, pitfalls, the file of a comparison.

May use `studies`. Begin with `comparison`, what was measured, and `intervals`, how sure that is.
"""
