"""A run's network as a file: made in a process of its own, opened and checked in another. Begin with `job`.

`make` and `check` are the two processes; `makers` and `readers` say how a file of each kind is made and opened.
"""
