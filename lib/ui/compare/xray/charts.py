"""The chart of the X-ray: a graph of operations, read from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import plotly.graph_objects as go

from lib.core.tracing.graphs import GRADIENT, KINDS, Graph, Node, kind_of_operation, part_text
from lib.core.tracing.layout import Layout
from lib.ui.shell.language import _
from lib.ui.widgets.theme import CLEAR, LEGEND, MODE_COLOURS

STYLES = {
    "input": ("#009E73", "triangle-down"),
    "output": ("#009E73", "triangle-up"),
    "constant": ("#8A8F98", "circle"),
    "variable": ("#E69F00", "square"),
    "matrix": ("#D55E00", "hexagon"),
    "arithmetic": ("#2E86DE", "circle"),
    "shape": ("#56B4E9", "diamond"),
    "control": ("#CC79A7", "cross"),
}
"""Colour and symbol of each kind of operation, distinguishable by colour-blind people too."""
PARTS = {"part": ("#2E86DE", "square"), "gradient": ("#D55E00", "square")}
EDGE = "rgba(138,143,152,0.6)"
BACK = "#AA4499"
CONTROLS = "#8A8F98"

ROW = 34
"""Pixels between layers."""
LOWEST, HIGHEST = 300, 760
WIDTH = 440
"""Approximate width in pixels of a chart beside another; a phone has less."""
LETTER = 6.5
"""Average width of a label's letter in pixels."""


def graph_figure(graph: Graph, layout: Layout) -> go.Figure:
    """Nodes coloured by kind, with names in the hover text and, if there is room, beside them."""
    kinds = [node_kind(node) for node in graph.nodes]
    labels = fitting_labels(graph, layout)
    traces = [_edges(layout, closing=False), *([_edges(layout, closing=True)] if layout.back else [])]
    for kind, (colour, symbol) in (STYLES | PARTS).items():
        members = [n for n, found in enumerate(kinds) if found == kind]
        if members:
            traces.append(_nodes(graph, layout, members, labels, kind_text(kind), colour, symbol))
    hidden = {"visible": False, "zeroline": False}
    about = CLEAR | {
        "height": min(HIGHEST, max(LOWEST, ROW * layout.depth + 120)),
        "margin": {"l": 4, "r": 4, "t": 36, "b": 4},
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": CONTROLS, "activecolor": MODE_COLOURS["graph"]},
        "legend": LEGEND | {"y": 0, "yanchor": "top", "itemclick": False, "itemdoubleclick": False},
        "dragmode": "pan",
        "hovermode": "closest",
        "xaxis": hidden | {"range": reach(layout)},
        "yaxis": hidden | {"range": [layout.depth - 0.3, -0.7]},
    }
    return go.Figure(traces, about)


def node_kind(node: Node) -> str:
    """A key of STYLES for an operation, of PARTS for a node that stands for several operations."""
    if node[1]:
        return kind_of_operation(node)
    return "gradient" if node[2].startswith(GRADIENT) else "part"


def kind_text(kind: str) -> str:
    """Its name in the legend."""
    if kind in KINDS:
        return _(KINDS[kind])
    return _("gradients of parts") if kind == "gradient" else _("parts: several operations")


def _edges(layout: Layout, closing: bool) -> go.Scatter:
    """The edges as one line with gaps; edges back up, to a loop's next round, are separate."""
    x: list[float | None] = []
    y: list[float | None] = []
    for number, route in enumerate(layout.routes):
        if (number in layout.back) == closing:
            x += [point[0] for point in route] + [None]
            y += [point[1] for point in route] + [None]
    line = {"color": BACK, "width": 1.5, "dash": "dot"} if closing else {"color": EDGE, "width": 1}
    name = _("back into the next round")
    return go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", name=name, showlegend=closing)


def _nodes(
    graph: Graph, layout: Layout, members: Sequence[int], labels: Sequence[str], name: str, colour: str, symbol: str
) -> go.Scatter:
    """The nodes of one kind; larger if they stand for more operations."""
    return go.Scatter(
        x=[layout.points[n][0] for n in members],
        y=[layout.points[n][1] for n in members],
        mode="markers+text",
        text=[labels[n] for n in members],
        textposition="middle right",
        textfont={"size": 11},
        customdata=[about(graph.nodes[n], graph.sizes[n]) for n in members],
        hovertemplate="%{customdata}<extra></extra>",
        marker={
            "color": colour,
            "symbol": symbol,
            "size": [min(22, 9 + graph.sizes[n] // 6) for n in members],
            "line": {"width": 1, "color": "rgba(255,255,255,0.6)"},
        },
        name=name,
        cliponaxis=False,
    )


def about(node: Node, size: int) -> str:
    """The hover text of a node: operation, name and part, or what it stands for."""
    name, operation, layer = node
    if not operation:
        return f"<b>{part_text(node, _)}</b><br>" + _("{count} operations").format(count=size)
    return f"<b>{operation}</b><br>{name}" + (f"<br>{part_text(('', '', layer), _)}" if layer else "")


def fitting_labels(graph: Graph, layout: Layout) -> list[str]:
    """The label beside each node: operation, input or part; shortened or empty if a neighbour is near."""
    left, right = reach(layout)
    unit = WIDTH / (right - left)
    labels = [""] * len(graph.nodes)
    rows: dict[float, list[int]] = {}
    for n, (_x, y) in enumerate(layout.points):
        rows.setdefault(y, []).append(n)
    for row in rows.values():
        row.sort(key=lambda n: layout.points[n][0])
        room = [layout.points[b][0] - layout.points[a][0] for a, b in pairwise(row)]
        room.append(right - layout.points[row[-1]][0])
        for n, free in zip(row, room, strict=True):
            labels[n] = shortened(label(graph.nodes[n], graph.sizes[n]), int((free * unit - 16) / LETTER))
    return labels


def reach(layout: Layout) -> list[float]:
    """The horizontal range of the picture, with room for labels on the right."""
    places = [x for route in (*layout.routes, layout.points) for x, _y in route] or [0.0]
    left, right = min(places), max(places)
    return [left - 0.4, right + max(0.8, 0.25 * (right - left))]


def label(node: Node, size: int) -> str:
    """A node's label: an input's name, a part's name and size, otherwise the operation."""
    name, operation, _layer = node
    if not operation:
        return f"{part_text(node, _)} · {size}"
    return {"_Arg": name, "_Retval": _("result")}.get(operation, operation)


def shortened(text: str, letters: int) -> str:
    """`text`, shortened if it is too long; empty if too little would be left to be useful."""
    if len(text) <= letters:
        return text
    return text[: letters - 1] + "…" if letters >= 5 else ""
