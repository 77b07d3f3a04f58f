"""The store: tables, the queue, events as JSON, checkpoints, own digits. SQLite by default, any database by URL.

May use `model` and `artifacts`. Begin with `store`, the one object that all others ask.
"""
