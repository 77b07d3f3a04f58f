"""The inside of a network over the epochs of a run: mix-ups, mistakes, patterns, weights, dead units, losses.

Does not import Train, which shows it. Begin with `view`; each view is a function in `views` with its chart and its
text.
"""
