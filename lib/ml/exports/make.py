"""The process that makes a file: python -m lib.ml.exports.make FOLDER"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from lib.core.exports.figures import ExportFailed
from lib.ml.exports.makers import MAKERS
from lib.ml.exports.parcel import file_in, read_parcel, refuse

OWNER_GONE = 3
"""The exit code of a process whose owner is gone."""


def main(folder: Path) -> None:
    """Makes the file that the folder's request asks for."""
    give_way()
    parcel = read_parcel(folder)
    try:
        MAKERS[parcel.format.kind](parcel, file_in(folder, parcel.format))
    except ExportFailed as error:
        refuse(folder, error.reason)
        raise


def give_way() -> None:
    """Lets everything else go first, and leaves half of the processors alone, where the system can do that.

    Ends this process with its owner, whose end closes the pipe.
    """
    threading.Thread(target=end_with_owner, name="owner", daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(5)
    if hasattr(os, "sched_setaffinity"):
        usable = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, usable[: max(1, len(usable) // 2)])


def end_with_owner() -> None:
    """Waits for the end of the standard input, unbuffered: Python cannot end while a thread holds its buffer."""
    while os.read(0, 1):
        pass
    os._exit(OWNER_GONE)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
