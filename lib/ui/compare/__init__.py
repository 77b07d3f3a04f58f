"""Compare: settings, measuring live, the verdict with its intervals, earlier comparisons, files.

May use `jobs`, `widgets` and `shell`. Begin with `sections`. The hunt for retraces and the X-ray are rooms of their
own.
"""
