"""TensorFlow lives here: data, networks, the training step, the loop. Only workers and the terminal import it."""

import os

# Before the first import of TensorFlow, whose C++ side otherwise talks about its build on every start.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
