"""What the Dockerfile says, as this test suite runs it: its files, environment and commands, without Docker."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def instructions(text: str = TEXT) -> list[tuple[str, str]]:
    """Every instruction by its name, with the rest of its line; lines that end with a backslash go on."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(name, rest.strip()) for line in joined.splitlines() if line for name, _, rest in [line.partition(" ")]]


def all_of(name: str) -> list[str]:
    """The instructions of this name."""
    return [rest for found, rest in instructions() if found == name]


def environment() -> dict[str, str]:
    """What ENV sets."""
    return dict(pair.split("=", 1) for rest in all_of("ENV") for pair in shlex.split(rest))


def command() -> list[str]:
    """CMD, in its form as a list."""
    return json.loads(all_of("CMD")[-1])


def health_check() -> str:
    """The shell line of HEALTHCHECK."""
    return all_of("HEALTHCHECK")[-1].partition("CMD ")[2]


def is_ignored(path: str) -> bool:
    """Whether .dockerignore keeps a file out: the last pattern that fits it or a folder above decides."""
    ignored = False
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!")
        if pattern and not pattern.startswith("#") and fits(path, pattern):
            ignored = not line.startswith("!")
    return ignored


def fits(path: str, pattern: str) -> bool:
    parts = path.split("/")
    if pattern.startswith("**/"):
        return any(fnmatch(part, pattern.removeprefix("**/")) for part in parts)
    return any(fnmatch("/".join(parts[: length + 1]), pattern) for length in range(len(parts)))


def copy_context(files: list[str], folder: Path) -> None:
    """Does what `COPY . ./` does with these files of the project."""
    for name in files:
        if not is_ignored(name):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
