"""Earlier comparisons, recorded ones and uploaded files: choose, overlay, reopen."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from lib.core.benchmark.comparison import Comparison, comparison_of
from lib.core.benchmark.comparison_files import from_json, references
from lib.core.benchmark.labels import machine_name, mode_short
from lib.core.errors import Refusal
from lib.core.incoming import LARGEST_JSON
from lib.core.studies.configs import CompareConfig
from lib.core.studies.modes import MODES
from lib.core.studies.works import WORKS
from lib.core.untrusted import beginning
from lib.ui.compare import sizes_charts as charts
from lib.ui.compare import text as words
from lib.ui.jobs.studies import show_study, study_feed
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_text
from lib.ui.shell.services import store
from lib.ui.shell.visitor import visitor
from lib.ui.widgets.plot import steady_chart
from lib.ui.widgets.table import as_table, four_digits
from lib.ui.widgets.text import moment

UPLOADED = "compare_uploaded"
"""Session-state key: the uploaded comparisons, by file name."""
UPLOAD = "compare_upload"
REFUSED = "compare_upload_refused"
LIMIT = 50
MAX_OVERLAID = 6
"""Most comparisons that can be told apart in one chart."""

Named = Mapping[str, tuple[str, Comparison]]
"""Comparisons by code, each with its displayed name."""


def show_history(work: str) -> None:
    """All comparisons of `work`, and a chart of the chosen ones."""
    mine = st.toggle(_("Only mine"), key="compare_only_mine", persist_state="session")
    found = told_apart(earlier(work, visitor() if mine else None) | recorded(work) | uploaded(work))
    choose_file()
    if not found:
        plain.info(_("There is no comparison of this work yet: {work}.").format(work=_(WORKS[work].label)))
        return
    names = {code: name for code, (name, _comparison) in found.items()}
    key = f"compare_overlaid_{work}"
    st.session_state.setdefault(key, alike(found))
    st.session_state[key] = [code for code in st.session_state[key] if code in names]
    chosen = st.multiselect(
        _("Comparisons to lay over one another"),
        list(names),
        default=st.session_state[key],
        key=key,
        format_func=lambda code: names.get(code, code),
        max_selections=MAX_OVERLAID,
        placeholder=_("choose some"),
        persist_state="session",
    )
    if chosen:
        show_overlay(work, [found[code] for code in chosen])
    show_ways_back([(code, names[code]) for code in chosen if code in stored_ids(found)])


def alike(found: Named) -> list[str]:
    """The default choice: the newest, and the newest before it that shares a size with it."""
    newest, *others = found
    sizes = {timing.size for timing in found[newest][1].timings}
    shared = (code for code in others if sizes & {timing.size for timing in found[code][1].timings})
    return [newest, *itertools.islice(shared, 1)]


def earlier(work: str, owner: str | None) -> dict[str, tuple[str, Comparison]]:
    """The stored comparisons of `work` with at least one sample, newest first; with `owner` only theirs."""
    found = {}
    for study in store().studies("compare", limit=LIMIT, owner=owner):
        if not isinstance(study.config, CompareConfig) or study.config.work != work:
            continue
        comparison = comparison_of(study.config, study_feed(study.id).look()[1])
        if comparison.timings:
            whose = _("yours") if study.owner == visitor() else _("somebody else's")
            parts = [moment(study.created_at), words.span_words(study.config.sizes), whose]
            found[study.id] = (" · ".join(parts), comparison)
    return found


def told_apart(found: Named) -> dict[str, tuple[str, Comparison]]:
    """The same comparisons, numbered if two began in the same minute and would have the same name."""
    seen: Counter[str] = Counter()
    apart = {}
    for code, (name, comparison) in found.items():
        seen[name] += 1
        apart[code] = (f"{name} ({seen[name]})" if seen[name] > 1 else name, comparison)
    return apart


def recorded(work: str) -> dict[str, tuple[str, Comparison]]:
    """The recorded results of `work` that ship with the app, by machine."""
    return {
        f"recorded/{reference.name}": (
            _("recorded: {machine}").format(
                machine=f"{machine_name(reference.comparison.began) if reference.comparison.began else reference.name}"
                f" · {words.span_words(reference.comparison.config.sizes)}"
            ),
            reference.comparison,
        )
        for reference in references()
        if reference.comparison.config.work == work
    }


def uploaded(work: str) -> dict[str, tuple[str, Comparison]]:
    """The comparisons of `work` that this visitor uploaded."""
    files: Mapping[str, Comparison] = st.session_state.get(UPLOADED, {})
    return {f"file/{name}": (beginning(name), one) for name, one in files.items() if one.config.work == work}


def stored_ids(found: Named) -> set[str]:
    """The codes of stored comparisons, which have a link."""
    return {code for code in found if "/" not in code}


def choose_file() -> None:
    """An upload for a comparison that was downloaded earlier, here or elsewhere."""
    with st.expander(_("Open a downloaded comparison")):
        st.file_uploader(
            _("A comparison as JSON"), type=["json"], key=UPLOAD, on_change=open_file,
            max_upload_size=LARGEST_JSON // 2**20,
        )  # fmt: skip
        if why := st.session_state.pop(REFUSED, None):
            plain.warning(why)


def open_file() -> None:
    """Adds the uploaded comparison, or stores why it is refused."""
    file = st.session_state[UPLOAD]
    if file is None:
        return
    try:
        comparison = from_json(file.getvalue(), file.name)
    except Refusal as error:
        st.session_state[REFUSED] = error.sentence(_)
        return
    st.session_state.setdefault(UPLOADED, {})[file.name] = comparison
    chosen = st.session_state.setdefault(f"compare_overlaid_{comparison.config.work}", [])
    st.session_state[f"compare_overlaid_{comparison.config.work}"] = [*chosen, f"file/{file.name}"][-MAX_OVERLAID:]
    st.session_state["compare_history_work"] = comparison.config.work


def show_overlay(work: str, named: Sequence[tuple[str, Comparison]]) -> None:
    """The medians of several comparisons, if possible at a size that all of them have."""
    sizes = sorted({timing.size for _name, comparison in named for timing in comparison.timings})
    shared = [size for size in sizes if all(comparison.at(size) for _name, comparison in named)]
    size = (
        st.select_slider(
            _("Size: {unit}").format(unit=_(WORKS[work].unit)),
            sizes,
            value=(shared or sizes)[0],
            key=f"compare_overlay_size_{work}_{len(sizes)}",
            format_func=lambda count: f"{count:,}",
        )
        if len(sizes) > 1
        else sizes[0]
    )
    table = overlay_table(named, size)
    steady_chart(
        "compare_overlay", charts.overlay(named, size), overlay_words(named, size), f"{work}/{size}/{len(named)}"
    )
    st.caption(_("Medians with their 95 % intervals. The shape says which comparison, the colour which mode."))
    as_table("compare_overlay_table", table, four_digits(table))


def overlay_words(named: Sequence[tuple[str, Comparison]], size: int) -> str:
    """The chart of several comparisons as text."""
    return " ".join(f"{name}: {words.times_words(comparison.at(size))}." for name, comparison in named)


def overlay_table(named: Sequence[tuple[str, Comparison]], size: int) -> dict[str, list[Any]]:
    """Milliseconds per step by mode, a column for each comparison."""
    modes = [mode for mode in MODES if any(comparison.timing(size, mode) for _name, comparison in named)]
    table: dict[str, list[Any]] = {_("mode"): [mode_short(mode, _) for mode in modes]}
    for name, comparison in named:
        timings = [comparison.timing(size, mode) for mode in modes]
        table[name] = [timing.median if timing else None for timing in timings]
    return table


def show_ways_back(named: Sequence[tuple[str, str]]) -> None:
    """A button for each stored comparison that reopens it."""
    with st.container(horizontal=True):
        for code, name in named:
            st.button(
                as_text(_("Open {name}").format(name=name)),
                key=f"compare_open_{code}",
                on_click=open_again,
                args=(code,),
            )


def open_again(study_id: str) -> None:
    """Shows an earlier comparison as the page's current one."""
    show_study("compare", study_id)
    st.session_state["compare_section"] = "measure"
