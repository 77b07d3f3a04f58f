"""Training: networks, optimizers, the step, the loop with its events, and what is looked at inside.

May use `lib.core`. Begin with `loop`, which tells what happens, and `step`, the notes' training step.
"""
