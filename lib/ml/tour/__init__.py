"""The functions of the Tour's lessons, a file a lesson, and what runs them.

A lesson's file imports TensorFlow, NumPy and the standard library only: it is shown on the page, and its visitor may
take it away and run it alone. Begin with `teach`.
"""
