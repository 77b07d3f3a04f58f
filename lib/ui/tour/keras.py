"""The pictures of the lesson on tf.keras, and its map."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st

from lib.core.tour.outputs import Outputs
from lib.ui.shell.language import _
from lib.ui.tour.charts import COLOURS, MARGIN
from lib.ui.widgets.table import as_table, chart
from lib.ui.widgets.theme import CLEAR, LEGEND

HEIGHT = 420
"""Pixels of the map, about a dozen of its rows."""
WIDTHS = (180, 190, 320, 90)
"""Pixels of its columns."""
LEVELS = ("train", "epoch", "train_batch", "test", "test_batch", "predict", "predict_batch", "batch")
"""What a callback hears begin and end, as in the names of its methods, from outside to inside."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the map."""

    module: str
    name: str
    signature: str
    says: str

    def has(self, words: Sequence[str]) -> bool:
        """Whether its name or its sentence has all the words, which are in small letters."""
        text = f"{self.module}.{self.name} {self.says}".lower()
        return all(word in text for word in words)


def entries(outputs: Outputs) -> list[Entry]:
    """The rows of the map. Raises NoOutput."""
    columns = (outputs.column("map_of_keras", name) for name in ("module", "name", "signature", "says"))
    return [Entry(*row) for row in zip(*columns, strict=True)]


def show_map(outputs: Outputs) -> None:
    """The map, with a field that finds names; a fragment, so that a search draws nothing else anew."""
    st.fragment(search_map)(entries(outputs))


def search_map(rows: Sequence[Entry]) -> None:
    """The rows of the chosen module that have what is looked for."""
    modules = ["", *dict.fromkeys(row.module for row in rows)]
    every = _("all modules")
    with st.container(horizontal=True):
        module = st.selectbox(_("Module"), modules, format_func=lambda name: name or every, key="tour_keras_module")
        words = st.text_input(_("Find a name, such as Dense or logits"), key="tour_keras_find").lower().split()
    found = [row for row in rows if row.has(words) and module in ("", row.module)]
    st.caption(
        _("{found:,} of {count:,} names. Mark one for its whole signature.").format(found=len(found), count=len(rows))
    )
    show_rows(found)


def show_rows(found: Sequence[Entry]) -> None:
    """These rows as a table, and the whole signature of the one that is marked."""
    columns = {
        _("name in tf.keras"): [row.name for row in found],
        _("signature"): [row.signature for row in found],
        _("what it says"): [row.says for row in found],
        _("module"): [row.module for row in found],
    }
    widths = {name: st.column_config.TextColumn(width=width) for name, width in zip(columns, WIDTHS, strict=True)}
    marked = st.dataframe(
        columns,
        column_config=widths,
        hide_index=True,
        height=HEIGHT,
        key="tour_keras_map",
        on_select="rerun",
        selection_mode="single-row",
    )
    for row in (found[number] for number in marked.selection.rows if number < len(found)):
        st.code(f"tf.keras.{row.module}.{row.name}{row.signature}\n\n{row.says}", language=None, wrap_lines=True)


def show_losses(outputs: Outputs) -> None:
    """Each loss by hand as a bar, by Keras as a ring on its end."""
    both = {each.key: each.values for each in outputs.numbers("losses_by_hand")}
    said = _("{loss}: {by_hand:.4f} by hand, {keras:.4f} by Keras.")
    words = [said.format(loss=loss, by_hand=each[0], keras=each[1]) for loss, each in both.items()]
    by_hand, keras = ([float(each[place]) for each in both.values()] for place in (0, 1))
    ring = {"symbol": "circle-open", "size": 14, "color": COLOURS[4], "line": {"width": 3}}
    traces = [
        go.Bar(y=list(both), x=by_hand, name=_("by hand"), orientation="h", marker={"color": COLOURS[0]}),
        go.Scatter(y=list(both), x=keras, name="Keras", mode="markers", marker=ring),
    ]
    figure = go.Figure(traces, {"height": 300, "margin": MARGIN, "legend": LEGEND, **CLEAR})
    figure.update_yaxes(autorange="reversed", type="category", automargin=True).update_xaxes(title=_("loss"))
    chart(figure, "tour_losses", " ".join(words))
    as_table("tour_losses_table", {_("loss"): list(both), _("by hand"): by_hand, "Keras": keras})


@dataclass(frozen=True, slots=True)
class Span:
    """From a begin to the end that belongs to it: the numbers of both calls, and the milliseconds between."""

    level: str
    first: int
    last: int
    milliseconds: float

    @property
    def methods(self) -> str:
        """What the names of both methods begin with."""
        return f"on_{self.level}"


def spans(outputs: Outputs) -> list[Span]:
    """Everything that a callback heard begin and end, from outside to inside."""
    hooks = {each.key: each.values for each in outputs.numbers("callbacks_firing")}
    return [
        Span(level, int(begin[0]), int(end[0]), float(end[1] - begin[1]))
        for level in LEVELS
        for begin, end in zip(hooks.get(f"on_{level}_begin", ()), hooks.get(f"on_{level}_end", ()), strict=True)
    ]


def show_timeline(outputs: Outputs) -> None:
    """The calls in their order, each begin joined with its end."""
    heard = spans(outputs)
    calls = 2 * len(heard)
    longest = max((span for span in heard if span.level == "train_batch"), key=lambda span: span.milliseconds)
    said = _("{calls} calls. The batch that took longest, {milliseconds:.1f} ms, began with call {number}.")
    words = said.format(calls=calls, milliseconds=longest.milliseconds, number=longest.first)
    chart(timeline_figure(heard), "tour_callbacks", words)
    st.caption(words)
    columns = {
        _("methods"): [f"{span.methods}_begin / _end" for span in heard],
        _("first call"): [span.first for span in heard],
        _("last call"): [span.last for span in heard],
        _("milliseconds between"): [span.milliseconds for span in heard],
    }
    as_table("tour_callbacks_table", columns)


def timeline_figure(heard: Sequence[Span]) -> go.Figure:
    """A row for each level; over the number of the call, because one batch takes longer than all others together."""
    rows = list(dict.fromkeys(span.methods for span in heard))
    bars = go.Bar(
        y=[span.methods for span in heard],
        base=[span.first for span in heard],
        x=[span.last - span.first for span in heard],
        orientation="h",
        text=[f"{span.milliseconds:.3g} ms" for span in heard],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        marker={"color": [COLOURS[rows.index(span.methods)] for span in heard]},
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    layout = {"height": 90 + 40 * len(rows), "margin": MARGIN, "uniformtext": {"minsize": 9, "mode": "hide"}, **CLEAR}
    figure = go.Figure(bars, layout).update_xaxes(title=_("number of the call"))
    return figure.update_yaxes(autorange="reversed", type="category", automargin=True)


VIEWS: Mapping[str, Callable[[Outputs], None]] = {
    "map_of_keras": show_map,
    "losses_by_hand": show_losses,
    "callbacks_firing": show_timeline,
}
