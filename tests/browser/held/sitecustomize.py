"""Python processes that find this folder on PYTHONPATH load TensorFlow only once the file `go` is in the app's folder.

So a test can look at what is there while TensorFlow is being loaded, however quick or slow the machine is.
"""

import os
import sys
import time
from importlib.abc import MetaPathFinder


class Held(MetaPathFinder):
    """Finds nothing, but lets `import tensorflow` wait."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname == "tensorflow":
            while not os.path.exists(os.path.join(os.environ["TF2LAB_HOME"], "go")):
                time.sleep(0.02)
        return None


sys.meta_path.insert(0, Held())
