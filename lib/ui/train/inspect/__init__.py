"""A network's inside over the epochs of a run: mix-ups, mistakes, patterns, weights, dead units, losses.

Does not know Train, which shows it. Begin with `view`; a view is a function in `views`, its chart and its words.
"""
