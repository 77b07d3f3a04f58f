"""A visitor's runs and studies, on any page: buttons, requests, live views, status and expected wait.

May use `widgets` and `shell`. Begin with `feed` (one reader per job, shared by all viewers), `stream` (what
all viewers of a run are sent) and `studies`.
"""
