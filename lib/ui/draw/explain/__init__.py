"""Why a network says what it says of a drawing: its layers, occlusion, gradient, neighbours, the run's history.

May use `reading`. Begin with `view`, which lists the ways; each is a file.
"""
