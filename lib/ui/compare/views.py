"""The views of a comparison: each a chart, its text and its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from lib.core.benchmark.comparison import Comparison
from lib.core.benchmark.factor_words import effect_words, factor_words
from lib.core.benchmark.factors import effects
from lib.core.benchmark.labels import mode_short
from lib.core.benchmark.pitfalls import SWITCHES, careless, flipped, sample_count
from lib.core.i18n import mark
from lib.core.studies.works import WORKS
from lib.ui.compare import charts, sizes_charts
from lib.ui.compare import text as words
from lib.ui.compare.guess import base_of, guess_words, guessed_time
from lib.ui.compare.method_text import machine_words, modes_table, protocol_words
from lib.ui.compare.numbers_table import known_as_fast, numbers
from lib.ui.compare.pitfalls_text import careless_words, each_carelessness
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_lines, as_text
from lib.ui.widgets.choice import choose
from lib.ui.widgets.plot import steady_chart
from lib.ui.widgets.table import as_table, four_digits
from lib.ui.widgets.text import bold

STEPS = (1, 10, 100, 1_000, 10_000, 100_000)
"""Choices of the number of steps whose time is shown."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A comparison on the page. `name` identifies it; `live` is true while samples still come in.

    `recorded`: the machine of a result that ships with the app.
    """

    name: str
    comparison: Comparison
    guess: float | None = None
    live: bool = False
    recorded: str = ""


def choose_size(shown: Shown) -> int:
    """The size to show, out of those measured; while measuring, the newest until the visitor chooses one."""
    config = shown.comparison.config
    measured = [size for size in config.sizes if shown.comparison.at(size)]
    if len(config.sizes) == 1 or not measured:
        return config.sizes[0]
    key = f"compare_size_{shown.name}"
    newest = f"{key}_newest"
    chosen_by_nobody = st.session_state.get(key) == st.session_state.get(newest)
    if chosen_by_nobody or st.session_state.get(key) not in measured:
        st.session_state[key] = measured[-1]
    st.session_state[newest] = measured[-1]
    names = {size: f"{size:,}" for size in measured}
    return choose(_("Size: {unit}").format(unit=_(WORKS[config.work].unit)), names, key, lasting=False)


def size_of(shown: Shown) -> int:
    """The size last shown by `choose_size`."""
    chosen = st.session_state.get(f"compare_size_{shown.name}")
    measured = [size for size in shown.comparison.config.sizes if shown.comparison.at(size)]
    return chosen if chosen in measured else (measured or shown.comparison.config.sizes)[-1]


def show_samples(shown: Shown) -> None:
    """Every sample of every mode."""
    size = choose_size(shown)
    guess = guessed_time(shown.comparison, size, shown.guess)
    said = words.strip_words(shown.comparison, size)
    spec = charts.strip(shown.comparison, size, guess)
    steady_chart("compare_strip", spec, said, f"{shown.name}/{size}/{spec['layout']['xaxis'].get('type')}")
    st.caption(_("A dot is a sample; below the dots their median as a tick, with its 95 % interval. Left is faster."))
    timings = shown.comparison.at(size)
    if not timings:
        return
    if shown.comparison.config.is_sweep and (said_of_guess := guess_words(shown.comparison, size, shown.guess)):
        st.markdown(as_text(said_of_guess))
    table: dict[str, list[Any]] = {_("mode"): [], _("round"): [], _("milliseconds per step"): []}
    for timing in timings:
        for number, sample in zip(timing.rounds, timing.samples, strict=True):
            for column, value in zip(table.values(), (mode_short(timing.mode, _), number, sample), strict=True):
                column.append(value)
    as_table("compare_samples_table", table, four_digits(table))


def show_factors(shown: Shown) -> None:
    """The worth of each factor alone at the shown size: a row for two modes that differ only in it."""
    comparison = shown.comparison
    if not (rows := factor_rows(comparison, size_of(shown))):
        return
    st.markdown(bold(_("One factor at a time")))
    with st.container(key="compare_factors"):
        st.table(rows)
    st.caption(
        _(
            "A row holds two modes that differ in this alone against each other. The shape of a mode's dots says which "
            "Adam it has: filled, one operation for each variable; open, Keras' many."
        )
        if WORKS[comparison.config.work].trains
        else _("A row holds two modes that differ in this alone against each other.")
    )


def factor_rows(comparison: Comparison, size: int) -> dict[str, list[str]]:
    """The columns of the table of factors, as text; empty if no two modes differ in only one factor."""
    found = effects(comparison, size)
    if not found:
        return {}
    return {
        _("what differs"): [factor_words(effect, _) for effect in found],
        _("measured between"): [
            _("{mode} and {other}").format(mode=mode_short(effect.mode, _), other=mode_short(effect.other, _))
            for effect in found
        ],
        _("what it is worth (95 % interval)"): [effect_words(effect, _) for effect in found],
    }


def show_parts(shown: Shown) -> None:
    """The shares of tracing, compiling, first run and steady state in the time of some steps."""
    size = choose_size(shown)
    if not shown.comparison.at(size):
        say_nothing_yet()
        return
    steps = st.select_slider(
        _("Steps that are made"),
        STEPS,
        value=100,
        key="compare_steps",
        format_func=lambda count: f"{count:,}",
        persist_state="session",
    )
    said = words.parts_words(shown.comparison, size, steps)
    steady_chart(
        "compare_parts", charts.time_parts(shown.comparison, size, steps), said, f"{shown.name}/{size}/{steps}"
    )
    st.caption(as_text(said))
    if once := words.one_off_words(shown.comparison, size):
        st.caption(as_text(once))
    names = charts.part_names()
    timings = shown.comparison.at(size)
    table: dict[str, list[Any]] = {_("mode"): [mode_short(timing.mode, _) for timing in timings]}
    for part, name in names.items():
        table[_("{part}, seconds").format(part=name)] = [
            None if getattr(timing, part, 0.0) is None else charts.parts_of(timing, steps)[part] for timing in timings
        ]
    as_table("compare_parts_table", table, four_digits(table))


def show_break_even(shown: Shown) -> None:
    """When a start-up cost is paid back."""
    size = choose_size(shown)
    comparison, base = shown.comparison, base_of(shown.comparison.config)
    if not comparison.at(size):
        say_nothing_yet()
        return
    said = words.break_even_words(comparison, size, base)
    steady_chart(
        "compare_cumulative", charts.cumulative(comparison, size, base), " ".join(said), f"{shown.name}/{size}"
    )
    st.caption(
        _(
            "Seconds from the very beginning, tracing and compiling included. "
            "A ring: from there on the mode is ahead of {other}."
        ).format(other=mode_short(base, _))
    )
    st.markdown(as_lines(*said))
    table: dict[str, list[Any]] = {_("steps"): [10**k for k in range(charts.decades(comparison, size, base) + 1)]}
    for timing in comparison.at(size):
        name = _("{mode}, seconds").format(mode=mode_short(timing.mode, _))
        table[name] = [charts.seconds_after(timing, count) for count in table[_("steps")]]
    as_table("compare_cumulative_table", table, four_digits(table))


def show_sweep(shown: Shown) -> None:
    """Time against size."""
    comparison, base = shown.comparison, base_of(shown.comparison.config)
    if not comparison.config.is_sweep:
        plain.info(
            _("One size was measured. Switch on the sweep and start: then this shows where a graph stops winning.")
        )
        return
    said = words.sweep_words(comparison)
    steady_chart("compare_sweep_chart", sizes_charts.sweep(comparison, base), said, shown.name)
    st.caption(
        _(
            "Above: time per step, with 95 % bands. Below: how many times as fast as {other}; "
            "the dotted line is {other} itself."
        ).format(other=mode_short(base, _))
    )
    timings = comparison.timings
    ratios = [comparison.ratio(timing.size, timing.mode, base) for timing in timings]
    table = {
        _("size"): [timing.size for timing in timings],
        _("mode"): [mode_short(timing.mode, _) for timing in timings],
        _("median, ms"): [timing.median for timing in timings],
        _("times as fast as {other}").format(other=mode_short(base, _)): [known_as_fast(ratio)[0] for ratio in ratios],
    }
    as_table("compare_sweep_table", table, four_digits(table))


def show_numbers(shown: Shown) -> None:
    """All numbers of each mode, as a table."""
    size = choose_size(shown)
    timings = shown.comparison.at(size)
    if not timings:
        say_nothing_yet()
        return
    columns = numbers(shown.comparison, timings)
    st.dataframe(columns, hide_index=True, key="compare_numbers", column_config=four_digits(columns))
    st.caption(
        _(
            "Times of a step in milliseconds. A result agrees where it differs from the first mode's by no more than "
            "the tolerance; a mode that does not agree is not ranked."
        )
    )


def show_careless(shown: Shown) -> None:
    """What a bad benchmark would say about the very same work."""
    size = choose_size(shown)
    st.markdown(_("Spot the bad benchmark: leave out a precaution, and see what the same machine would have told you."))
    with st.container(horizontal=True):
        left_out = frozenset(
            name
            for name, label in SWITCHES.items()
            if st.toggle(_(label), key=f"careless_{name}", persist_state="session")
        )
    comparison = shown.comparison
    found = careless(comparison, size, left_out) if comparison.at(size) else ()
    turned = flipped(comparison, size, left_out) if comparison.at(size) else []
    said = careless_words(found, turned, left_out, sample_count(comparison, size, left_out))
    with st.container(key="careless_words"):
        plain.warning(said) if turned else st.markdown(as_text(said))
    if not comparison.at(size):
        return
    spec = charts.careless_beside(comparison, size, found if left_out else ())
    steady_chart("compare_careless", spec, said, f"{shown.name}/{size}/{sorted(left_out)}")
    printed = {one.mode: one for one in found}
    timings = comparison.at(size)
    table = {
        _("mode"): [mode_short(timing.mode, _) for timing in timings],
        _("honest, ms"): [timing.median for timing in timings],
        _("careless, ms"): [
            printed[timing.mode].milliseconds if timing.mode in printed else None for timing in timings
        ],
    }
    as_table("compare_careless_table", table, four_digits(table))
    if alone := each_carelessness(comparison, size):
        with st.expander(_("What each of them does here by itself, or where it would"), key="careless_each"):
            st.markdown("\n".join(f"- {sentence}" for sentence in alone))


def show_method(shown: Shown) -> None:
    """How it was measured, and on what machine."""
    st.markdown(as_lines(*protocol_words(shown.comparison)))
    if said := machine_words(shown.comparison):
        st.markdown(as_lines(*said))
    st.markdown(bold(_("What each mode is made of")))
    with st.container(key="compare_modes_table"):
        st.table(modes_table(shown.comparison))


def say_nothing_yet() -> None:
    st.caption(_("The numbers appear here with the first samples."))


VIEWS: Mapping[str, Callable[[Shown], None]] = {
    "samples": show_samples,
    "parts": show_parts,
    "break_even": show_break_even,
    "sweep": show_sweep,
    "numbers": show_numbers,
    "careless": show_careless,
    "method": show_method,
}
TITLES: Mapping[str, str] = {
    "samples": mark("Samples"),
    "parts": mark("Where the time goes"),
    "break_even": mark("When it pays"),
    "sweep": mark("Sizes"),
    "numbers": mark("Numbers"),
    "careless": mark("Bad benchmark"),
    "method": mark("How it was measured"),
}
"""The views by code, in the page's order, with their titles."""
