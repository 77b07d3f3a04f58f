"""Charts for those who cannot see them: a chart's text, and its numbers as a folded table below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import plotly.graph_objects as go
import pyarrow as pa
import streamlit as st

from lib.ui.shell.language import _
from lib.ui.widgets.enlarge import enlarged_figure


def chart(figure: go.Figure, key: str, said: str, on_press: Callable[[], None] | None = None) -> None:
    """A chart with its text for those who cannot see it; a press on one of its points calls `on_press`."""
    st.plotly_chart(
        enlarged_figure(figure),
        key=key,
        config={"displayModeBar": False},
        alt=said,
        on_select=on_press or "ignore",
        selection_mode="points",
    )


def as_table(key: str, columns: Mapping[str, Any] | pa.Table, about: Mapping[str, Any] | None = None) -> None:
    """A chart's numbers as a folded table below it. Arrow's tables are sent as they are."""
    with st.expander(_("As a table")):
        st.dataframe(columns, hide_index=True, key=key, column_config=about)


def four_digits(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Formats measured numbers with their significant digits; whole numbers stay unchanged."""
    measured = (name for name, values in columns.items() if any(isinstance(value, float) for value in values))
    return {name: st.column_config.NumberColumn(format="%.4g") for name in measured}
