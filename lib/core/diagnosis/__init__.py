"""What a run's numbers say: fit, verdict, advice, the best epoch, two runs told apart. Sentences, not charts.

May use `training` and `data`. Begin with `report`, which puts the sentences together.
"""
