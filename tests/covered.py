"""Which share of each room of `lib` the whole check runs: `make check` measures it and prints it. It demands none.

    python -m tests.covered run FILE.json tests/core …   runs pytest and writes down which lines of lib it has run
    python -m tests.covered show FILE.json …             prints the shares of all these runs together

Measured are the processes of pytest, three of them side by side. What runs in a process of its own is not: the servers
of the browser tests, engines, their workers. So the rooms that live there are better tested than their share says.

SlipCover measures (Altmayer Pizzorno and Berger, ISSTA 2023): it takes its probes out of the code as they are hit, so
that the check takes hardly longer. Python 3.11 calls a tracer, such as coverage.py's, in every function of every
package: with it, tests of lib/core took 1.8 times the processor's time.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

import pytest
import slipcover
from slipcover.importer import SlipcoverLoader

ROOT = Path(__file__).parents[1]


class Measured(MetaPathFinder):
    """Has the modules of `lib` loaded with probes in them; knows no others."""

    def __init__(self, probes: slipcover.Slipcover) -> None:
        self._probes = probes

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        if name.partition(".")[0] != "lib":
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec and spec.loader and spec.origin:
            spec.loader = SlipcoverLoader(self._probes, spec.loader, spec.origin)
        return spec


def run(file: Path, arguments: list[str]) -> int:
    """Runs pytest, and writes into `file` which lines of `lib` it has run; pytest's exit code."""
    probes = slipcover.Slipcover(source=["lib"])
    sys.meta_path.insert(0, Measured(probes))
    # SlipCover brings a plugin for pytest along, which is not needed here and is imported already.
    code = pytest.main([*arguments, "-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"])
    file.write_text(json.dumps(probes.get_coverage()["files"]), encoding="utf-8")
    return code


def show(files: Iterable[Path]) -> None:
    """Prints how many lines with a statement each room has, and which share of them was run."""
    lines, seen = defaultdict[str, set[int]](set), defaultdict[str, set[int]](set)
    for file in files:
        for name, found in json.loads(file.read_text(encoding="utf-8")).items():
            lines[name] |= {*found["executed_lines"], *found["missing_lines"]}
            seen[name] |= {*found["executed_lines"]}
    statements, run = Counter[str](), Counter[str]()
    for name in lines:
        for room in (room_of(name), "all"):
            statements[room] += len(lines[name])
            run[room] += len(seen[name])
    rooms = [*sorted(statements.keys() - {"all"}), "all"]
    table = [
        f"{room:20}{statements[room]:>11,}{run[room] / statements[room]:>9.0%}" for room in rooms if statements[room]
    ]
    sys.stdout.write("\n".join([f"{'room':20}{'statements':>11}{'run':>9}", *table, ""]))


def room_of(name: str) -> str:
    """'lib.ui.draw' for lib/ui/draw/explain/view.py."""
    file = Path(name)
    return ".".join((file.relative_to(ROOT) if file.is_absolute() else file).parent.parts[:3])


def main(action: str, file: str, *further: str) -> int:
    if action == "run":
        return run(Path(file), list(further))
    show(map(Path, (file, *further)))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
