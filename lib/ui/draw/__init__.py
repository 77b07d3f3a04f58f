"""Draw: the canvas and the other ways to a picture, and what the network says to it.

May use `jobs`, `widgets` and `shell`. Begin with `answer`. Inside: `reading` (which model reads, and its answer),
`explain` (why it says so), `mydigits` (drawings that are kept, tested and learned from).
"""
