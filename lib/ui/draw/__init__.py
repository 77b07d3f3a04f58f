"""Draw: the canvas, the other ways to enter a picture, and the network's answer.

May use `jobs`, `widgets` and `shell`. Begin with `answer`. Inside: `reading` (which model reads, and its answer),
`explain` (why it gives that answer), `mydigits` (drawings that are kept, tested and trained on).
"""
