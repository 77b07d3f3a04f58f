"""Runs and studies in a visitor's hands, whatever the page: press, ask, watch, how it stands, how long it waits.

May use `widgets` and `shell`. Begin with `feed` (one reader a job for all who watch it) and `studies`.
"""
