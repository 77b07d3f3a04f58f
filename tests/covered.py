"""Prints the share of each room of `lib` that the whole check has run: `make check` ends with it. It sets no limit.

It measures the processes of pytest, three of them in parallel. Separate processes are not measured: the servers of the
browser tests, engines, their workers. So the rooms that run there are better tested than their share says.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from coverage import Coverage

ROOT = Path(__file__).parents[1]


def room_of(file: Path) -> str:
    """'lib.ui.draw' for a file in lib/ui/draw/explain."""
    return ".".join(file.relative_to(ROOT).parent.parts[:3])


def main() -> None:
    measured = Coverage()
    measured.combine()
    statements, run = Counter[str](), Counter[str]()
    for file in sorted((ROOT / "lib").rglob("*.py")):
        _, lines, _, missing, _ = measured.analysis2(str(file))
        statements[room_of(file)] += len(lines)
        run[room_of(file)] += len(lines) - len(missing)
    rows = [(room, statements[room], run[room]) for room in sorted(statements) if statements[room]]
    rows.append(("all", statements.total(), run.total()))
    table = [f"{room:20}{count:>11,}{share / count:>9.0%}" for room, count, share in rows]
    sys.stdout.write("\n".join([f"{'room':20}{'statements':>11}{'run':>9}", *table, ""]))


if __name__ == "__main__":
    main()
