"""The pictures of the lesson on eager execution."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from lib.core.tour.outputs import Floats, Outputs
from lib.ui.shell.language import _
from lib.ui.widgets.table import chart
from lib.ui.widgets.theme import CLEAR

PARTS = ("column", "row", "sum")
CELL = 26
"""Pixels of a cell."""


def show_broadcasting(outputs: Outputs) -> None:
    """The column, the row and their sum as grids of numbers, in cells of one size."""
    grids = [outputs.array("broadcasting", part) for part in PARTS]
    shapes = " + ".join(str(grid.shape) for grid in grids[:2]) + f" = {grids[2].shape}"
    chart(
        grids_figure(grids),
        "tour_broadcasting",
        _("Column, row and sum, cell by cell: {shapes}.").format(shapes=shapes),
    )


def grids_figure(grids: list[Floats]) -> go.Figure:
    """Grids side by side, their cells as wide as each other."""
    figure = make_subplots(
        cols=len(grids),
        column_widths=[max(1, grid.shape[1]) for grid in grids],
        shared_yaxes=True,
        horizontal_spacing=0.08,
    )
    for place, grid in enumerate(grids, start=1):
        cells = go.Heatmap(
            z=grid,
            text=[[f"{value:g}" for value in line] for line in grid],
            texttemplate="%{text}",
            hoverinfo="skip",
            showscale=False,
            colorscale="Blues",
            zmin=0,
            zmax=8,
            xgap=2,
            ygap=2,
        )
        figure.add_trace(cells, row=1, col=place)
    rows = max(len(grid) for grid in grids)
    figure.update_layout(height=40 + CELL * rows, margin={"l": 4, "r": 4, "t": 8, "b": 8}, **CLEAR)
    figure.update_xaxes(visible=False, fixedrange=True)
    figure.update_yaxes(visible=False, fixedrange=True, range=[rows - 0.5, -0.5])
    return figure


VIEWS: Mapping[str, Callable[[Outputs], None]] = {"broadcasting": show_broadcasting}
