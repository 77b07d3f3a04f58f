"""Code of TensorFlow 1 and what TensorFlow's own tool makes of it, as values: refusals, notes, what to write instead.

May use the files of `lib.core`. Begin with `result`.
"""
