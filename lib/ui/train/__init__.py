"""Train: the settings, the buttons, the live charts, the verdict. `inspect` holds the views of a network's inside.

May use `jobs`, `widgets` and `shell`. Begin with `pages/train.py`, which puts these parts in order.
"""
