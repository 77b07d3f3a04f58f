"""TensorFlow lives here: data, networks, the training step, the loop. Only workers and the terminal import it."""

import os

# Before the first import of TensorFlow, whose C++ side otherwise talks about its build on every start.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# TensorFlow would take all of a GPU's memory, and none were left for a second process on it (lib.ml.session).
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
