"""Python processes with this folder on PYTHONPATH load TensorFlow only after the file `go` is in the app's folder.

So a test can check the app while TensorFlow is loading, however fast or slow the machine is.
"""

import os
import sys
import time
from importlib.abc import MetaPathFinder


class Held(MetaPathFinder):
    """Finds nothing, but makes `import tensorflow` wait."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname == "tensorflow":
            while not os.path.exists(os.path.join(os.environ["TF2LAB_HOME"], "go")):
                time.sleep(0.02)
        return None


sys.meta_path.insert(0, Held())
