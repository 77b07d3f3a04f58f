"""The store: tables, the queue, events as JSON, checkpoints, own digits. SQLite by default, any database by URL.

May use `model` and `artifacts`. Begin with `store`, whose one class is the interface of this room.
"""
