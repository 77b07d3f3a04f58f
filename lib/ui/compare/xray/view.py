"""X-ray of a `tf.function`: from Python through AutoGraph and the graph to XLA's compiled module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import streamlit as st

from lib.core.i18n import mark
from lib.core.studies.configs import XrayConfig
from lib.core.studies.events import Xrayed
from lib.core.studies.modes import ADAMS
from lib.core.studies.works import EXAMPLES
from lib.core.tracing.graphs import (
    DETAILS,
    Count,
    Graph,
    ModuleSize,
    counts,
    counts_words,
    has_parts,
    module_size,
    whole,
)
from lib.core.tracing.layout import Layout, layered
from lib.core.untrusted import printable
from lib.ui.compare.xray.charts import graph_figure
from lib.ui.jobs.studies import StudyEvents, start_study, study_buttons, watch_study
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.shell.services import store
from lib.ui.shell.visitor import visitor
from lib.ui.widgets.choice import choose
from lib.ui.widgets.enlarge import enlarged_figure
from lib.ui.widgets.table import as_table
from lib.ui.widgets.text import bold

if TYPE_CHECKING:
    from lib.runs.model.run import Study

KIND = "xray"
EXAMPLE = "xray_example"
ADAM = "xray_adam"
DETAIL = "xray_detail"
DETAIL_WORDS = {
    "overview": mark("overview"),
    "main": mark("the main operations"),
    "all": mark("all operations"),
}
CODE_HEIGHT = 420


def show_xray() -> None:
    """The X-ray section: an example, and its stages on the way to the machine."""
    st.markdown(
        _(
            "`tf.function` takes your Python to the machine in steps. AutoGraph rewrites what a graph cannot have: an "
            "`if`, a loop. Tracing runs the result once and writes down the operations. Grappler, TensorFlow's "
            "optimiser, shortens that graph. XLA, where it is asked for, compiles it into few large pieces. "
            "Here each step can be looked at."
        )
    )
    config = choose_config()
    mine = store().studies(KIND, owner=visitor())
    study = next((one for one in mine if one.config == config), None)
    study_buttons(KIND, _("Look inside"), lambda: start_study(config), study)
    if study is None:
        st.caption(_("Nothing was looked at yet. It takes a few seconds."))
        return
    watch_study(study, draw)


def choose_example() -> str:
    """The function that the visitor chose."""
    return choose(_("What to look into"), {code: _(name) for code, name in EXAMPLES.items()}, EXAMPLE)


def choose_config() -> XrayConfig:
    """The chosen function and, for the training step, how Adam is written."""
    example = choose_example()
    if example != "train_step":
        return XrayConfig(example=example)
    written = choose(_("How Adam is written"), {code: _(name) for code, name in ADAMS.items()}, ADAM)
    st.caption(_("This is the very step that “Measure” times, in the modes with this Adam."))
    return XrayConfig(example=example, adam=written)


def draw(study: Study, events: StudyEvents) -> None:
    """The X-ray, once there is one."""
    seen = next((event for event in events if isinstance(event, Xrayed)), None)
    if seen is None:
        return
    with st.container(key="xray_result"):
        show_code(seen)
        show_graphs(study.id, seen)
        show_counts(seen)
        show_modules(seen)


def show_code(seen: Xrayed) -> None:
    """The function as written, and as rewritten by AutoGraph."""
    written, converted = st.columns(2, gap="medium")
    with written:
        st.markdown(bold(_("Python, as it is written")))
        st.code(seen.source, language="python", height=height_of(seen.source))
    with converted:
        st.markdown(bold(_("What AutoGraph makes of it")))
        st.code(seen.converted, language="python", height=height_of(seen.converted))


def height_of(text: str) -> int | Literal["content"]:
    """Code higher than CODE_HEIGHT pixels scrolls."""
    return CODE_HEIGHT if text.count("\n") > 16 else "content"


def show_graphs(study_id: str, seen: Xrayed) -> None:
    """The graph before and after, side by side."""
    detail = choose_detail(seen)
    sides = (
        ("traced", _("The graph as traced"), seen.nodes, seen.edges),
        ("optimised", _("The graph that runs, after Grappler"), seen.optimised_nodes, seen.optimised_edges),
    )
    for column, (side, title, nodes, edges) in zip(st.columns(2, gap="medium"), sides, strict=True):
        with column:
            st.markdown(bold(title))
            graph, layout = arranged(f"{study_id}/{side}", detail, nodes, edges)
            said = graph_words(title, graph, layout, len(nodes))
            figure = enlarged_figure(graph_figure(graph, layout))
            st.plotly_chart(figure, key=f"xray_graph_{side}", config=TOOLS, alt=said, width="stretch")
            st.caption(said)


TOOLS = {"displayModeBar": True, "modeBarButtonsToRemove": ["toImage", "select2d", "lasso2d", "autoScale2d"]}
"""Dragging moves the picture; the buttons zoom."""


def choose_detail(seen: Xrayed) -> str:
    """The chosen level of detail; an overview only if there are parts to sum up."""
    offered = [detail for detail in DETAILS if detail != "overview" or has_parts(seen.nodes)]
    first = offered[0] if "overview" in offered else "all"
    names = {detail: _(DETAIL_WORDS[detail]) for detail in offered}
    return choose(_("How closely to look at the graph"), names, DETAIL, first, lasting=False)


@st.cache_data(show_spinner=False, max_entries=60)
def arranged(
    which: str, detail: str, _nodes: Sequence[tuple[str, str, str]], _edges: Sequence[tuple[int, int]]
) -> tuple[Graph, Layout]:
    """The drawn graph and its layout, cached by `which`, the graph's name."""
    graph = DETAILS[detail](whole(_nodes, _edges))
    return graph, layered(len(graph.nodes), graph.edges)


def graph_words(title: str, graph: Graph, layout: Layout, operations: int) -> str:
    """The picture as text."""
    text = _("{title}: {operations} operations, drawn as {nodes} nodes in {depth} layers, from top to bottom.")
    return text.format(title=title, operations=operations, nodes=len(graph.nodes), depth=layout.depth)


def show_counts(seen: Xrayed) -> None:
    """The number of operations of each kind, before and after."""
    found = counts(seen.nodes, seen.optimised_nodes)
    st.markdown(bold(_("What Grappler did")))
    st.markdown(counts_words(found, _))
    if any(count.operation in LOWERED for count in found):
        st.caption(
            _(
                "A condition or a loop is one operation as traced. The graph that runs has small ones in its place, "
                "such as Switch, Merge, Enter and NextIteration, which lead values along one way or back."
            )
        )
    if any(count.operation.startswith("_Fused") for count in found):
        st.caption(_("`_Fused…`: several operations in one pass over the memory, such as product, bias and ReLU."))
    as_table("xray_counts", counts_table(found))


LOWERED = ("StatelessIf", "If", "StatelessWhile", "While")


def counts_table(found: Sequence[Count]) -> dict[str, list[object]]:
    """Each operation with its numbers."""
    return {
        _("operation"): [count.operation for count in found],
        _("as traced"): [count.before for count in found],
        _("after Grappler"): [count.after for count in found],
        _("change"): [f"{count.change:+d}" if count.change else "0" for count in found],
    }


ENTRY_WORDS = {"fusion": mark("fusions"), "dot": mark("matrix products"), "convolution": mark("convolutions")}


def entry_words(before: ModuleSize, after: ModuleSize) -> str:
    """The operations called when the module runs, before and after XLA's optimisation."""
    text = _(
        "What runs one after the other: {before} operations before XLA's optimisation, {after} after it, of these "
        "{named}. A fusion is one piece of machine code that keeps what lies between its instructions out of the "
        "memory. The instructions inside of fusions still stand in the module, so their number says little."
    )
    named = [f"{_(name)}: {after.entry.get(operation, 0)}" for operation, name in ENTRY_WORDS.items()]
    return text.format(before=sum(before.entry.values()), after=sum(after.entry.values()), named=", ".join(named))


def sizes_of(module: ModuleSize) -> list[int]:
    """The row of numbers in the table."""
    called = [module.entry.get(operation, 0) for operation in ENTRY_WORDS]
    return [sum(module.entry.values()), *called, module.instructions, module.computations, module.characters]


def show_modules(seen: Xrayed) -> None:
    """XLA's module before and after its optimisation: sizes and text."""
    st.markdown(bold(_("What XLA makes of it (HLO)")))
    if seen.hlo_error:
        plain.info(_("XLA does not take this function:"))
        st.caption(f"`{printable(seen.hlo_error).replace('`', chr(39))}`")
        return
    before, after = module_size(seen.hlo), module_size(seen.optimised_hlo)
    st.markdown(entry_words(before, after))
    st.dataframe(
        {
            _("in the module"): [
                _("operations that are called"),
                *(_(name) for name in ENTRY_WORDS.values()),
                _("instructions, those inside of fusions too"),
                _("computations"),
                _("characters"),
            ],
            _("before XLA"): [f"{n:,}" for n in sizes_of(before)],
            _("after XLA"): [f"{n:,}" for n in sizes_of(after)],
        },
        hide_index=True,
        key="xray_sizes",
    )
    for title, module in ((_("HLO before"), seen.hlo), (_("HLO after"), seen.optimised_hlo)):
        with st.expander(title):
            st.code(module, language=None, height=CODE_HEIGHT)
