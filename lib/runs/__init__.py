"""Runs and studies, executed and stored: the engine gives them to workers, the database records all their events.

May use `lib.core`; `worker` alone reaches `lib.ml`. Order: engine → worker → db → artifacts → model. `upgrade` stands
beside: its process lives for one piece of code, and nothing of it is stored.
"""
