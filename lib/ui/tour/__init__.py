"""The Tour: the lessons in order, each with its claim, code, output, question and reading.

May use `jobs`, `widgets` and `shell`. Begin with `page`; `course` says which lesson it is. A lesson's own pictures
are a file named like its code, listed in `views`.
"""
