"""The Tour: the lessons in order, each with its claim, code, output, question and reading.

May use `jobs`, `widgets` and `shell`. Begin with `page`; a lesson's own charts and words are a file named like its
code.
"""
