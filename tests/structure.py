"""The picture of the rooms in ARCHITECTURE.md, drawn from the imports: `python -m tests.structure` renews it.

A room is a package of `lib`, without those inside it; an arrow says that a module of one room imports one of the other.
An arrow that another way already says is left out (the transitive reduction), so that the picture can be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "ARCHITECTURE.md"
BEGINNING, END = "<!-- the picture: python -m tests.structure -->\n", "<!-- the end of the picture -->\n"

Arrows = Mapping[str, frozenset[str]]
"""By room, the rooms that it imports from."""


def room_of(module: str) -> str:
    """'lib.ui.draw' of 'lib.ui.draw.canvas'; a module that lies in no package of ours is a room by itself."""
    parts = module.split(".")
    if parts[0] == "pages" or module == "lib.train":
        return parts[0] if parts[0] == "pages" else module
    is_package = (ROOT.joinpath(*parts) / "__init__.py").exists()
    return module if is_package else ".".join(parts[:-1])


def arrows() -> Arrows:
    """Every import from one room to another."""
    graph = grimp.build_graph("lib", "pages", cache_dir=None)
    found: dict[str, set[str]] = {}
    for module in graph.modules:
        room = found.setdefault(room_of(module), set())
        room |= {room_of(imported) for imported in graph.find_modules_directly_imported_by(module)}
    return {room: frozenset(others - {room}) for room, others in found.items()}


def reduced(all_arrows: Arrows) -> Arrows:
    """Without the arrows that a longer way says as well. Raises CycleError where rooms stand in a circle."""
    order = list(TopologicalSorter(all_arrows).static_order())
    reach: dict[str, frozenset[str]] = {}
    for room in order:
        reach[room] = all_arrows[room].union(*(reach[other] for other in all_arrows[room]))
    return {
        room: frozenset(one for one in others if not any(one in reach[other] for other in others - {one}))
        for room, others in all_arrows.items()
    }


def mermaid(some_arrows: Arrows) -> str:
    """The arrows as a diagram of Mermaid, which GitHub draws, the layers as frames."""
    layers: dict[str, list[str]] = {}
    for room in sorted(some_arrows):
        layers.setdefault(".".join(room.split(".")[:2]), []).append(room)
    lines = ["```mermaid", "flowchart TD"]
    for layer, rooms in layers.items():
        if len(rooms) > 1:
            names = [f'    {room}["{room.removeprefix(layer).strip(".") or layer}"]' for room in rooms]
            lines += [f'  subgraph {layer}_["{layer}"]', *names, "  end"]
        else:
            lines.append(f'  {rooms[0]}["{rooms[0]}"]')
    lines += [f"  {room} --> {other}" for room, others in sorted(some_arrows.items()) for other in sorted(others)]
    return "\n".join([*lines, "```", ""])


def with_picture(text: str) -> str:
    """The page with the picture of today's imports."""
    before, _, rest = text.partition(BEGINNING)
    _, _, after = rest.partition(END)
    return before + BEGINNING + mermaid(reduced(arrows())) + END + after


def main() -> None:
    try:
        PAGE.write_text(with_picture(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    except CycleError as error:
        raise SystemExit(f"rooms import each other in a circle: {' → '.join(error.args[1])}") from error


if __name__ == "__main__":
    main()
