"""Statistics of timings: intervals, ratios, verdicts, single factors, pitfalls, comparison files.

May use `studies`. Begin with `comparison` (what was measured) and `intervals` (how certain it is).
"""
