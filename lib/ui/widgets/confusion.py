"""The confusion matrix, as a chart, in words and as a table: of a run's test images and of a visitor's own digits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from lib.core.diagnosis.confusion import Counts, mix_ups
from lib.ui.shell.language import _
from lib.ui.widgets.table import as_table, chart
from lib.ui.widgets.theme import CLEAR

RIGHT = ((0.0, "#DCEAF7"), (1.0, "#2E86DE"))
WRONG = ((0.0, "#FBE3C8"), (1.0, "#D55E00"))
"""Blue on the diagonal, orange beside it: both light enough for dark writing, so they serve light and dark pages."""
WRITING = "#10161C"

RARE = 1e-3
"""The share of a class at which the orange begins; below a thousandth every mistake looks the same."""
AROUND, ROW = 60, 38
"""Pixels above and below the rows, and of each row."""
NAMED = 3
"""Mix-ups that are named in words."""


def show_confusion(counts: Counts, names: Sequence[str], said: str, key: str) -> None:
    """The chart of the counts (10, 10), what it says in words, and its numbers, under keys that begin with `key`."""
    chart(confusion_matrix(counts, names), key, said)
    st.caption(said)
    rows = rows_of(counts)
    columns = {name: counts[rows, taken].tolist() for taken, name in enumerate(names)}
    as_table(f"{key}_table", {_("true class"): [names[true] for true in rows]} | columns)


def rows_of(counts: Counts) -> list[int]:
    """The classes of which there is an image; all where there is none at all."""
    return np.flatnonzero(counts.sum(axis=1)).tolist() or list(range(len(counts)))


def mixed_up_words(counts: Counts, names: Sequence[str]) -> str:
    """Which classes are mixed up most often, in words; empty where none is."""
    named = [
        _("{true} taken for {taken} ({count})").format(true=names[true], taken=names[taken], count=f"{count:,}")
        for true, taken, count in mix_ups(counts, NAMED)
    ]
    return _("Most often mixed up: {mixups}.").format(mixups=", ".join(named)) if named else ""


def confusion_matrix(counts: Counts, names: Sequence[str]) -> go.Figure:
    """True classes downwards, classes taken across, the counts (10, 10) written in; where nothing fell, nothing is.

    Only classes have a row of which there is an image. Blue and orange follow the share of the true class: blue evenly,
    orange by its order of magnitude, so that the rare mistakes can be told from the very rare.
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
    }
    cells = [
        _cells(right, counts, RIGHT, (0.0, 1.0), list(names), rows),
        _cells(wrong, counts, WRONG, (math.log10(RARE), 0.0), list(names), rows),
    ]
    return go.Figure(cells, layout)


def _classes(names: Sequence[str], title: str) -> dict[str, Any]:
    """An axis with a place for every class, whatever its name looks like."""
    places = list(range(len(names)))
    ticks = {"tickmode": "array", "tickvals": places, "ticktext": list(names)}
    return {"title": {"text": title}, "showgrid": False, "zeroline": False, "automargin": True, **ticks}


def _cells(
    z: NDArray[np.float64],
    counts: Counts,
    colours: Any,
    reach: tuple[float, float],
    names: list[str],
    rows: list[int],
) -> go.Heatmap:
    """The cells of `rows` where `z` is a number, coloured by it between the two of `reach`, their counts written in."""
    text = [[f"{count:,}" for count in row] for row in counts.tolist()]
    # Plotly writes into cells without a colour as well.
    written = np.where(np.isfinite(z), text, "").tolist()
    words = _("true {true}, taken for {taken}: {count}")
    said = [
        [words.format(true=true, taken=taken, count=count) for taken, count in zip(names, row, strict=True)]
        for true, row in zip(names, text, strict=True)
    ]
    return go.Heatmap(
        z=z[rows],
        zmin=reach[0],
        zmax=reach[1],
        colorscale=colours,
        showscale=False,
        text=[written[true] for true in rows],
        texttemplate="%{text}",
        textfont={"color": WRITING, "size": 11},
        customdata=[said[true] for true in rows],
        hovertemplate="%{customdata}<extra></extra>",
        hoverongaps=False,
        xgap=1,
        ygap=1,
    )
