"""The parts of the first page: the ways in, a canvas that reads, a curve that grows, a race, and the machine.

It shows a little of every page, so it may use their rooms, beside `jobs`, `widgets` and `shell`. Begin with `front`.
"""
