"""The picture of the rooms in ARCHITECTURE.md, drawn from the imports: `python -m tests.structure` renews it.

A room is a folder of a layer, with the rooms inside it. The files beside the rooms are drawn as one, but for those that
stand on rooms of their layer, by themselves or by a file they import. An arrow says that a file of one room imports one
of the other. An arrow that a longer way says as well is left out (the transitive reduction), so that the picture can be
read.
"""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "ARCHITECTURE.md"
BEGINNING, END = "<!-- drawn by python -m tests.structure -->\n", "<!-- as far as here -->\n"
ACROSS = 2
"""Names of files per line of their box."""

Imports = Mapping[str, frozenset[str]]
"""Our imports by module or by room."""


def imports() -> Imports:
    """The imports of each module of `lib` and `pages` among these modules, at any place in its file."""
    graph = grimp.build_graph("lib", "pages", cache_dir=None)
    return {module: frozenset(graph.find_modules_directly_imported_by(module)) for module in graph.modules}


def rooms(modules: Imports) -> Mapping[str, str]:
    """By module, its room: 'lib.ui.draw' for 'lib.ui.draw.explain.view', 'lib.core.*' for 'lib.core.seeds'.

    A layer's own `__init__` has none, as it imports nothing of ours.
    """
    found = {}
    for module in modules:
        parts = module.split(".")
        is_room = len(parts) == 3 and ROOT.joinpath(*parts).is_dir()
        if parts[0] == "pages":
            found[module] = "pages"
        elif len(parts) > 3 or is_room or module == "lib.train":
            found[module] = ".".join(parts[:3])
        elif len(parts) == 3:
            found[module] = module if _stands_on_rooms(modules, module) else f"{'.'.join(parts[:2])}.*"
    return found


def _stands_on_rooms(modules: Imports, module: str) -> bool:
    """Whether a file beside the rooms imports one of them, itself or by another such file."""
    within = [one for one in modules[module] if _same_layer(module, one)]
    return any(_is_inside(one) or _stands_on_rooms(modules, one) for one in within)


def _same_layer(one: str, other: str) -> bool:
    return one.split(".")[:2] == other.split(".")[:2]


def _is_inside(module: str) -> bool:
    """Whether the module is in a room, not beside the rooms of its layer."""
    return module.count(".") > 2


def arrows(modules: Imports, room_of: Mapping[str, str]) -> Imports:
    """The rooms that each room imports from."""
    found: dict[str, set[str]] = {room: set() for room in room_of.values()}
    for module, room in room_of.items():
        found[room] |= {room_of[imported] for imported in modules[module] if imported in room_of} - {room}
    return {room: frozenset(others) for room, others in found.items()}


def reduced(every: Imports) -> Imports:
    """The transitive reduction. Raises CycleError if rooms form a cycle."""
    reach: dict[str, frozenset[str]] = {}
    for room in TopologicalSorter(every).static_order():
        reach[room] = every[room].union(*(reach[other] for other in every[room]))
    return {
        room: frozenset(one for one in others if not any(one in reach[other] for other in others))
        for room, others in every.items()
    }


def mermaid(drawn: Imports, room_of: Mapping[str, str]) -> str:
    """The rooms and arrows as a Mermaid diagram, which GitHub renders, with a frame for each layer."""
    layers: dict[str, list[str]] = {}
    for room in sorted(drawn):
        layers.setdefault(".".join(room.split(".")[:2]), []).append(room)
    lines = ["```mermaid", "flowchart TD"]
    for layer, inside in layers.items():
        boxes = [f'{_id(room)}["{_label(room, layer, room_of)}"]' for room in inside]
        frame = [f'  subgraph {_id(layer)}_layer["{layer}"]', *(f"    {box}" for box in boxes), "  end"]
        lines += frame if len(boxes) > 1 else [f"  {boxes[0]}"]
    lines += [f"  {_id(room)} --> {_id(other)}" for room, others in sorted(drawn.items()) for other in sorted(others)]
    return "\n".join([*lines, "```", ""])


def _id(room: str) -> str:
    return room.replace("*", "files").replace(".", "_")


def _label(room: str, layer: str, room_of: Mapping[str, str]) -> str:
    """A room's name in its layer; for files beside the rooms, all their names."""
    if not room.endswith(".*"):
        return room.removeprefix(f"{layer}.")
    names = sorted(module.rpartition(".")[2] for module, its_room in room_of.items() if its_room == room)
    return "<br>".join(", ".join(names[first : first + ACROSS]) for first in range(0, len(names), ACROSS))


def picture() -> str:
    """The picture of the current imports. Raises CycleError if rooms form a cycle."""
    modules = imports()
    room_of = rooms(modules)
    return mermaid(reduced(arrows(modules, room_of)), room_of)


def with_picture(page: str, drawing: str) -> str:
    """The text of ARCHITECTURE.md with this picture in place of its old one."""
    before, _, rest = page.partition(BEGINNING)
    return before + BEGINNING + drawing + END + rest.partition(END)[2]


def main() -> None:
    """Renews the picture in ARCHITECTURE.md."""
    try:
        drawing = picture()
    except CycleError as error:
        raise SystemExit(f"rooms import each other in a circle: {' → '.join(error.args[1])}") from error
    PAGE.write_text(with_picture(PAGE.read_text(encoding="utf-8"), drawing), encoding="utf-8")


if __name__ == "__main__":
    main()
