"""TensorFlow's own upgrade tool in a process of its own: `python -m lib.ml.upgrade`.

It reads code from its standard input and writes what became of it to its standard output. It neither imports TensorFlow
nor executes the code. Begin with `__main__`.
"""
