"""TensorFlow's own upgrade tool in a process of its own: `python -m lib.ml.upgrade`.

It reads code from its standard input and writes what became of it to its standard output. Neither TensorFlow is imported
nor the code executed. Begin with `__main__`.
"""
