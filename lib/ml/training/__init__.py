"""Training: networks, optimizers, the step, the loop with its events, and the inspection of the network.

May use `lib.core`. Begin with `loop`, which yields the events, and `step`, the notes' training step.
"""
