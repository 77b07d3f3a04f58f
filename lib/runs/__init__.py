"""Runs and studies, executed and stored: the engine gives them to workers, the database records all their events.

May use `lib.core`; `worker` alone reaches `lib.ml`. Order: engine → worker → db → artifacts → model.
"""
