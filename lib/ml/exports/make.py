"""The process that makes a file: python -m lib.ml.exports.make FOLDER"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lib.ml.exports.makers import MAKERS
from lib.ml.exports.parcel import file_in, read_parcel


def main(folder: Path) -> None:
    """Makes the file that the folder's request asks for."""
    give_way()
    parcel = read_parcel(folder)
    MAKERS[parcel.format.kind](parcel, file_in(folder, parcel.format))


def give_way() -> None:
    """Lets everything else go first, and leaves half of the processors alone, where the system can do that."""
    if hasattr(os, "nice"):
        os.nice(5)
    if hasattr(os, "sched_setaffinity"):
        usable = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, usable[: max(1, len(usable) // 2)])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
