"""Sentences about a run's numbers: fit, verdict, advice, the best epoch, whether two runs differ.

May use `training` and `data`. Begin with `report`, which puts the sentences together.
"""
