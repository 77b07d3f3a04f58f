"""A disk of two megabytes that a test can fill, empty and make read-only: its own tmpfs."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SIZE = 2 * 2**20


class SmallDisk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self) -> None:
        """Fills the disk completely. After a file is removed, it must be filled again."""
        with (self.folder / "filler").open("ab", buffering=0) as file:
            try:
                while file.write(b"x" * 4096):
                    pass
            except OSError:
                return

    def empty(self) -> None:
        (self.folder / "filler").unlink()

    def forbid_writing(self) -> None:
        run("mount", "-o", "remount,ro", self.folder)

    def allow_writing(self) -> None:
        run("mount", "-o", "remount,rw", self.folder)


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    """The disk, mounted at `folder` within the block; skips the test if this user may not mount."""
    folder.mkdir()
    try:
        run("mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", folder)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"a small disk cannot be mounted here: {error}")
    try:
        yield SmallDisk(folder)
    finally:
        run("umount", "--lazy", folder)


def run(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True, capture_output=True)
