"""Writes the lock, requirements.lock and tests/requirements.lock: `make lock`.

uv finds versions for every Python and system at once. But it passes over the upper bound of the Pythons that a version
is for, and pip then refuses the lock (seen with backports.strenum 1.3.1, for Pythons before 3.11). So each version is
looked up at the index: wherever the lock has it, there must be a wheel for that Python and system. A version without
one is refused, and uv is asked again.
"""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import tempfile
import tomllib
import urllib.request
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

from packaging import tags
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).parents[1]
LOCKS = {"requirements.txt": "requirements.lock", "tests/requirements.txt": "tests/requirements.lock"}
INDEX = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/")
JSON = "application/vnd.pypi.simple.v1+json"
"""What an index is asked for (packaging.python.org, Simple repository API)."""
AT_ONCE = 8

GLIBC = range(36, 16, -1)
"""Minor versions of the C library that Linux has: Debian 12 and younger run what was built for 2.36."""
SYSTEMS: Mapping[str, tuple[dict[str, str], list[str]]] = {
    "Linux": (
        {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
        [*(f"manylinux_2_{minor}_x86_64" for minor in GLIBC), *(f"manylinux{year}_x86_64" for year in (2014, 2010, 1))],
    ),
    "Linux on ARM": (
        {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "aarch64"},
        [*(f"manylinux_2_{minor}_aarch64" for minor in GLIBC), "manylinux2014_aarch64"],
    ),
    "macOS": (
        {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "arm64"},
        list(tags.mac_platforms((14, 0), "arm64")),
    ),
    "Windows": (
        {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
        ["win_amd64"],
    ),
}
"""For each system, the values of requirement markers, and the platforms of its wheels. macOS on Intel is missing:
TensorFlow has no wheels for it any more."""

BUILT = {"slipcover"}
"""What pip builds with a C++ compiler where there is no wheel: a tool for tests, on Linux on ARM with Python 3.11."""


class Wheel(NamedTuple):
    """A file in the index: the Pythons it declares, and its platform tags."""

    pythons: str
    built_for: frozenset[tags.Tag]


def pythons() -> list[str]:
    """The minor versions that `requires-python` allows, such as '3.11'."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        allowed = SpecifierSet(tomllib.load(file)["project"]["requires-python"])
    return [version for minor in range(100) if full(version := f"3.{minor}") in allowed]


def full(python: str) -> str:
    """A full version of this minor one."""
    return f"{python}.5"


def requirements_in(text: str) -> list[Requirement]:
    """The requirements in a list or a lock, without lines that include another list."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-r ")]


def locked(text: str, python: str, system: str) -> dict[str, str]:
    """The version of each package that a lock has for this Python and system. Raises ValueError if it has two."""
    where = default_environment() | SYSTEMS[system][0] | {"python_version": python, "python_full_version": full(python)}
    pins = [pin for pin in requirements_in(text) if pin.marker is None or pin.marker.evaluate(where)]
    versions = {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in pins}
    if len(versions) < len(pins):
        raise ValueError(f"two versions of one package for Python {python} on {system}")
    return versions


def compiled(wanted: str, constraints: Path) -> str:
    """The lock that uv makes for a list of requirements. Raises CalledProcessError if uv finds none."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--no-annotate", "--no-header"]
    places = ["--no-emit-index-url", "--no-emit-find-links"]
    choice = ["--python-version", pythons()[0], "--constraints", str(constraints)]
    asked = [*command, *places, *choice, wanted]
    return subprocess.run(asked, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def misfits(text: str) -> list[tuple[str, str]]:
    """The package and version of every pin without a wheel for a Python and system that needs it."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(wheels_of, {canonicalize_name(pin.name) for pin in requirements_in(text)}))
    found = {
        (name, version)
        for python, system in product(pythons(), SYSTEMS)
        for name, version in locked(text, python, system).items()
        if name not in BUILT and not any(fits(one, python, system) for one in wheels_of(name).get(Version(version), []))
    }
    return sorted(found)


@cache
def wheels_of(name: str) -> Mapping[Version, list[Wheel]]:
    """The index's wheels of a package, by version."""
    request = urllib.request.Request(f"{INDEX}/{name}/", headers={"Accept": JSON})
    trusted = ssl.create_default_context(cafile=os.environ.get("PIP_CERT"))
    with urllib.request.urlopen(request, timeout=60, context=trusted) as answer:
        files = json.load(answer)["files"]
    found: dict[Version, list[Wheel]] = {}
    for file in files:
        with suppress(InvalidWheelFilename, InvalidVersion):  # other kinds of files, and names from long ago
            _, version, _, built_for = parse_wheel_filename(file["filename"])
            found.setdefault(version, []).append(Wheel(file.get("requires-python") or "", built_for))
    return found


def fits(one: Wheel, python: str, system: str) -> bool:
    """Whether this Python on this system can install it."""
    return full(python) in SpecifierSet(one.pythons) and not one.built_for.isdisjoint(installable(python, system))


@cache
def installable(python: str, system: str) -> frozenset[tags.Tag]:
    """The tags of wheels that this Python on this system can install."""
    version, platforms = tuple(map(int, python.split("."))), SYSTEMS[system][1]
    compiled = tags.cpython_tags(version, platforms=platforms)
    pure = tags.compatible_tags(version, interpreter=f"cp{python.replace('.', '')}", platforms=platforms)
    return frozenset([*compiled, *pure])


def main() -> None:
    """Writes both locks; the second uses the versions of the first."""
    refused: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        constraints, first = Path(folder, "constraints.txt"), ""
        for wanted, lock in LOCKS.items():
            while True:
                constraints.write_text("\n".join([*refused, first]))
                try:
                    text = compiled(wanted, constraints)
                except subprocess.CalledProcessError as error:
                    raise SystemExit(f"No versions for {wanted}. Without a wheel somewhere: {refused}") from error
                wrong = [f"{name}!={version}" for name, version in misfits(text)]
                if not wrong:
                    break
                refused += wrong
            (ROOT / lock).write_text(f"# {wanted}, exactly. Written by `make lock`.\n{text}", encoding="utf-8")
            first = first or text
    for one in refused:
        sys.stdout.write(f"Left out, as some supported Python or system has no wheel of it: {one.replace('!=', ' ')}\n")


if __name__ == "__main__":
    main()
