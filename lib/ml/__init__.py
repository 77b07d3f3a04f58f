"""Everything that uses TensorFlow. Only workers and the terminal import it; it may use `lib.core`.

`training` has the notes' network and loop, `benchmark` times ways of running it, `tracing` inspects its graphs,
`shipped` made the model that reads drawings, `upgrade` runs TensorFlow's own tool on code of TensorFlow 1. Begin with
`training.loop`.
"""

import os

# Must come before the first import of TensorFlow, whose C++ side otherwise logs its build on every start.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# Otherwise TensorFlow would take all of a GPU's memory and leave none for a second process
# (lib.ml.benchmark.tf1_session).
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
