"""Runs and studies performed and kept: the engine gives them to workers, the database holds all that happened.

May use `lib.core`; `worker` alone reaches `lib.ml`. Order: engine → worker → db → artifacts → model.
"""
