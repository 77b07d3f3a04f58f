"""The confusion matrix as chart, text and table: for a run's test images and for a visitor's own digits."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from lib.core.data.dataset import SIDE, Bytes
from lib.core.diagnosis.confusion import Counts, mix_ups
from lib.ui.shell.language import _, language
from lib.ui.widgets.picture import png
from lib.ui.widgets.table import as_table, chart
from lib.ui.widgets.theme import CLEAR

RIGHT, WRONG = "46,134,222", "213,94,0"
"""Blue on the diagonal, orange off it: red, green, blue."""
FAINT, STRONG = 0.1, 0.7
"""How much of its colour the page shows in the faintest cell and in the strongest. Cells are laid over the page, so the
more, the further from its background, light or dark; and the page's own letters can be read on each."""

RARE = 1e-3
"""The share of a class at which orange begins; below a thousandth all mistakes look the same."""
AROUND, ROW = 60, 38
"""Pixels above and below the rows, and per row."""
NAMED = 3
"""Mix-ups that are named in words."""
PRESSED = 30
"""Pixels of a cell that can be pressed."""
ZOOM, SHOWN = 2, 40
"""A cell's pictures are enlarged this many times, and there are so many at most."""

Pictures = Callable[[int, int], Bytes]
"""The pictures of the images of a true class that were taken for a class: uint8 (k, 28, 28)."""


def show_confusion(counts: Counts, names: Sequence[str], said: str, key: str, pictures: Pictures | None = None) -> None:
    """The chart of the counts (10, 10), its text, and its numbers, with keys that begin with `key`.

    A cell that is pressed, or chosen from the list below, opens its `pictures`.
    """
    figure = drawn_once(tuple(map(tuple, counts.tolist())), tuple(names), language())
    chart(figure, key, said, on_press=partial(open_cell, key) if pictures else None)
    st.caption(said)
    if pictures:
        show_cell(counts, names, key, pictures)
    rows = rows_of(counts)
    columns = {name: counts[rows, taken].tolist() for taken, name in enumerate(names)}
    as_table(f"{key}_table", {_("true class"): [names[true] for true in rows]} | columns)


@lru_cache(maxsize=30)
def drawn_once(counts: tuple[tuple[int, ...], ...], names: tuple[str, ...], language: str) -> go.Figure:
    """`confusion_matrix` in this language: all who look at a run see the same one. Its 200 texts take 7 ms."""
    return confusion_matrix(np.array(counts), names)


def open_cell(key: str) -> None:
    """Chooses the pressed cell in the list."""
    if points := st.session_state[key].selection.points:
        true, taken = points[0]["customdata"][:2]
        st.session_state[f"{key}_cell"] = (int(true), int(taken))


def show_cell(counts: Counts, names: Sequence[str], key: str, pictures: Pictures) -> None:
    """The list of cells that are not empty, mistakes first and the most frequent first, and the pictures of one."""
    wrong = ~np.eye(len(counts), dtype=bool)
    order = sorted(np.argwhere(counts > 0).tolist(), key=lambda cell: (not wrong[tuple(cell)], -counts[tuple(cell)]))
    said = {(true, taken): cell_words(names[true], names[taken], counts[true, taken]) for true, taken in order}
    if st.session_state.get(f"{key}_cell") not in said:
        st.session_state[f"{key}_cell"] = None
    chosen = st.selectbox(
        _("Pictures of a cell: press it, or choose it here"),
        list(said),
        index=None,
        key=f"{key}_cell",
        format_func=said.__getitem__,
        placeholder=_("choose a cell"),
    )
    if chosen is None:
        return
    found = pictures(*chosen)
    with st.container(horizontal=True, gap="xsmall", key=f"{key}_pictures"):
        for picture in found[:SHOWN]:
            st.image(png(picture.repeat(ZOOM, axis=0).repeat(ZOOM, axis=1)), alt=said[chosen], width=ZOOM * SIDE)
    if len(found) > SHOWN:
        st.caption(_("The first {shown} of {count}.").format(shown=SHOWN, count=f"{len(found):,}"))


def cell_words(true: str, taken: str, count: int) -> str:
    """A cell as text."""
    return _("true {true}, taken for {taken}: {count}").format(true=true, taken=taken, count=f"{count:,}")


def rows_of(counts: Counts) -> list[int]:
    """The classes with at least one image; all classes if there are no images."""
    return np.flatnonzero(counts.sum(axis=1)).tolist() or list(range(len(counts)))


def mixed_up_words(counts: Counts, names: Sequence[str]) -> str:
    """The most frequent mix-ups in words; empty if there are none."""
    named = [
        _("{true} taken for {taken} ({count})").format(true=names[true], taken=names[taken], count=f"{count:,}")
        for true, taken, count in mix_ups(counts, NAMED)
    ]
    return _("Most often mixed up: {mixups}.").format(mixups=", ".join(named)) if named else ""


def confusion_matrix(counts: Counts, names: Sequence[str]) -> go.Figure:
    """True classes as rows, predicted classes as columns, the counts (10, 10) written in; empty cells stay blank.

    Only classes with images have a row. The colours follow the share of the true class: blue linearly, orange by its
    order of magnitude, so that rare mistakes can be told from very rare ones.
    """
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    right = np.where(np.eye(len(counts), dtype=bool) & (counts > 0), shares, np.nan)
    wrong = np.where(~np.eye(len(counts), dtype=bool) & (counts > 0), np.log10(np.maximum(shares, RARE)), np.nan)
    rows = rows_of(counts)
    layout = CLEAR | {
        "height": AROUND + ROW * len(rows),
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "xaxis": _classes(names, _("taken for")),
        "yaxis": _classes([names[true] for true in rows], _("true class")) | {"autorange": "reversed"},
        "annotations": _written(counts, rows),
    }
    cells = [
        _cells(right, RIGHT, (0.0, 1.0), rows),
        _cells(wrong, WRONG, (math.log10(RARE), 0.0), rows),
    ]
    return go.Figure([*cells, _places(counts, names, rows)], layout)


def _classes(names: Sequence[str], title: str) -> dict[str, Any]:
    """An axis with a place for each class, even if its name looks like a number."""
    places = list(range(len(names)))
    ticks = {"tickmode": "array", "tickvals": places, "ticktext": list(names)}
    return {"title": {"text": title}, "showgrid": False, "zeroline": False, "automargin": True, **ticks}


def _cells(z: NDArray[np.float64], colour: str, reach: tuple[float, float], rows: list[int]) -> go.Heatmap:
    """The cells of `rows` where `z` is finite, with the more of the `colour` the further `z` is along `reach`."""
    return go.Heatmap(
        z=z[rows],
        zmin=reach[0],
        zmax=reach[1],
        colorscale=[[0, f"rgba({colour},{FAINT})"], [1, f"rgba({colour},{STRONG})"]],
        showscale=False,
        hoverinfo="skip",
        hoverongaps=False,
        xgap=1,
        ygap=1,
    )


def _written(counts: Counts, rows: list[int]) -> list[dict[str, Any]]:
    """The counts of the cells that are not empty, in the colour of the page's letters."""
    return [
        {"x": taken, "y": row, "text": f"{counts[true, taken]:,}", "showarrow": False, "font": {"size": 11}}
        for row, true in enumerate(rows)
        for taken in np.flatnonzero(counts[true]).tolist()
    ]


def _places(counts: Counts, names: Sequence[str], rows: list[int]) -> go.Scatter:
    """Invisible points over the cells of `rows`, which say what these are: Plotly's cells cannot be pressed."""
    cells = [(row, true, taken) for row, true in enumerate(rows) for taken in range(len(names))]
    said = [(true, taken, cell_words(names[true], names[taken], counts[true, taken])) for _row, true, taken in cells]
    nothing = {"marker": {"opacity": 0}}
    return go.Scatter(
        x=[taken for _row, _true, taken in cells],
        y=[row for row, _true, _taken in cells],
        mode="markers",
        marker={"symbol": "square", "size": PRESSED, "opacity": 0},
        selected=nothing,
        unselected=nothing,
        customdata=said,
        hovertemplate="%{customdata[2]}<extra></extra>",
        showlegend=False,
    )
