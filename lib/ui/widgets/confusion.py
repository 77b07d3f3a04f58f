"""The confusion matrix as chart, text and table: for a run's test images and for a visitor's own digits."""

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
"""Blue on the diagonal, orange off it: both light enough for dark text, so they suit light and dark pages."""
WRITING = "#10161C"

RARE = 1e-3
"""The share of a class at which orange begins; below a thousandth all mistakes look the same."""
AROUND, ROW = 60, 38
"""Pixels above and below the rows, and per row."""
NAMED = 3
"""Mix-ups that are named in words."""


def show_confusion(counts: Counts, names: Sequence[str], said: str, key: str) -> None:
    """The chart of the counts (10, 10), its text, and its numbers, with keys that begin with `key`."""
    chart(confusion_matrix(counts, names), key, said)
    st.caption(said)
    rows = rows_of(counts)
    columns = {name: counts[rows, taken].tolist() for taken, name in enumerate(names)}
    as_table(f"{key}_table", {_("true class"): [names[true] for true in rows]} | columns)


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
    }
    cells = [
        _cells(right, counts, RIGHT, (0.0, 1.0), list(names), rows),
        _cells(wrong, counts, WRONG, (math.log10(RARE), 0.0), list(names), rows),
    ]
    return go.Figure(cells, layout)


def _classes(names: Sequence[str], title: str) -> dict[str, Any]:
    """An axis with a place for each class, even if its name looks like a number."""
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
    """The cells of `rows` where `z` is finite, coloured by `z` between the two ends of `reach`, with their counts."""
    text = [[f"{count:,}" for count in row] for row in counts.tolist()]
    # Plotly also writes text into cells without a colour.
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
