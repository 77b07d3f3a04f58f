"""Compare: settings, measuring live, the verdict with its intervals, earlier comparisons, files.

May use `jobs`, `widgets` and `shell`. Begin with `sections`. The retrace detective and the X-ray have their own rooms.
"""
