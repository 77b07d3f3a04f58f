"""Why a network gives its answer to a drawing: layers, occlusion, gradient, neighbours, the run's history.

May use `reading`. Begin with `view`, which lists the explanations; each has its own file.
"""
