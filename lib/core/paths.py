"""The folder for everything that the app writes: TF2LAB_HOME."""

import os
from pathlib import Path

import platformdirs


def home() -> Path:
    """The app's folder, created if missing: $TF2LAB_HOME, else the user's own data folder."""
    given = os.environ.get("TF2LAB_HOME")
    folder = Path(given) if given else platformdirs.user_data_path("tf2lab", appauthor=False)
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()
