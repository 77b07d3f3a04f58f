"""TensorFlow lives here. Only workers and the terminal import it; it may use `lib.core`.

`training` is the notes' network and loop, `benchmark` times ways of running it, `tracing` looks at its graphs,
`shipped` made the model that reads drawings. Begin with `training.loop`.
"""

import os

# Before the first import of TensorFlow, whose C++ side otherwise talks about its build on every start.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# TensorFlow would take all of a GPU's memory, and none were left for a second process on it
# (lib.ml.benchmark.tf1_session).
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
