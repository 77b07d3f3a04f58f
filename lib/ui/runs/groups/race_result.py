"""A race as it goes on: the accuracy of both sides over their seconds of training, each seed's times, the winner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from lib.core.diagnosis.race import Lap, Result, lap_of, result_of
from lib.core.i18n import mark
from lib.core.training.events import Failed
from lib.core.training.race import Race, race_in
from lib.runs.model.group import Group
from lib.runs.model.run import Run, Status
from lib.runs.model.view import RunView
from lib.ui.jobs.run_feed import run_feed
from lib.ui.runs.groups.race import side_names
from lib.ui.runs.together import curve
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_chart_text, as_text
from lib.ui.widgets.plot import steady_chart
from lib.ui.widgets.text import bold, percent
from lib.ui.widgets.theme import GUESS_COLOUR, RUN_STYLES, overlaid_runs

BY_TIME = mark(
    "{winner} wins: it reaches {target} in {share} of the other’s time (95 % interval {low} to {high}, {seeds} seeds)."
)
BY_TIME_EVEN = mark(
    "Cannot tell who is faster to {target}: {first} takes {share} of the other’s time (95 % interval {low} to {high}, "
    "{seeds} seeds), and 100 % is within."
)
BY_COUNT = mark(
    "{winner} wins: it reaches {target} more often, {more} of {seeds} times against {less} (Fisher’s exact test, "
    "p = {p})."
)
BY_COUNT_EVEN = mark(
    "Cannot tell: {first} reaches {target} {more} of {seeds} times, {second} {less} times (Fisher’s exact test, "
    "p = {p}). Times are not compared where not all reach it."
)
NOWHERE = Lap(reached=False, seconds=0.0, epochs=0)
"""A run that exploded in its first epoch."""
METHOD = mark(
    "Student’s interval of the logarithms of the ratios, paired by seed; it assumes that these vary normally, and with "
    "few seeds it is wide."
)


def show_race(group: Group, runs: Sequence[Run]) -> None:
    """All that is known about the race so far."""
    race = race_in(group.plan)
    if race is None:
        st.caption(_("Another version of this app recorded this race: its runs are in the list."))
        return
    names = side_names(race)
    views = [run_feed(run.id).look() for run in runs]
    sides = [[seen for seen in views if race.side_of(seen.run.config) == side] for side in (0, 1)]
    show_chart(group.id, race, names, sides)
    show_laps(race, names, sides)
    for line in verdict(race, names, sides):
        st.markdown(line)


def lap_in(seen: RunView, race: Race) -> Lap | None:
    """The run's way to the target; None before its first epoch."""
    loading = seen.started.loading_seconds if seen.started else 0.0
    compiling = seen.compiled.tracing_seconds + seen.compiled.compiling_seconds if seen.compiled else 0.0
    lap = lap_of(seen.epochs, race.target, loading + compiling)
    return NOWHERE if lap is None and has_exploded(seen) else lap


def has_exploded(seen: RunView) -> bool:
    """Whether the run's own settings ended it: it will never reach the target."""
    return isinstance(seen.end, Failed) and seen.end.reason == "not_a_number"


def show_chart(group_id: str, race: Race, names: Sequence[str], sides: Sequence[Sequence[RunView]]) -> None:
    """Each run's accuracy over its seconds of training, a colour for each side, and the target as a line."""
    spec = overlaid_runs([], [], _("seconds of training"), _("test accuracy"), "test_accuracy")
    for (colour, dash, symbol), name, side in zip(RUN_STYLES, names, sides, strict=False):
        for number, seen in enumerate(side):
            x, y = curve(seen, "test_accuracy", "seconds")
            spec["traces"].append(
                {
                    "type": "scatter",
                    "mode": "lines+markers",
                    "name": as_chart_text(name),
                    "legendgroup": name,
                    "showlegend": number == 0,
                    "x": list(x),
                    "y": list(y),
                    "line": {"color": colour, "width": 2, "dash": dash},
                    "marker": {"color": colour, "size": 7, "symbol": symbol},
                }
            )
    spec["layout"]["hovermode"] = "closest"
    spec["layout"]["shapes"] = [target_line(race.target)]
    best = [max((seen.run.accuracy or 0.0 for seen in side), default=0.0) for side in sides]
    said = "; ".join(f"{name}: {percent(most)}" for name, most in zip(names, best, strict=True))
    steady_chart("runs_race_curves", spec, said, group_id)


def target_line(target: float) -> dict[str, Any]:
    """A line across the chart at the target."""
    return {
        "type": "line",
        "xref": "x domain",
        "x0": 0,
        "x1": 1,
        "y0": target,
        "y1": target,
        "line": {"color": GUESS_COLOUR, "width": 1.5, "dash": "dash"},
        "label": {"text": percent(target, 1), "textposition": "start", "yanchor": "bottom", "font": {"size": 11}},
    }


def show_laps(race: Race, names: Sequence[str], sides: Sequence[Sequence[RunView]]) -> None:
    """A row for each seed with both sides' times."""
    told = [{seen.run.config.seed: lap_words(lap_in(seen, race), seen.run.is_over) for seen in side} for side in sides]
    seeds = sorted({seed for side in told for seed in side})
    columns: dict[str, list[str]] = {_("Seed"): [str(seed) for seed in seeds]}
    columns |= {name: [side.get(seed, "–") for seed in seeds] for name, side in zip(names, told, strict=True)}
    st.dataframe(columns, hide_index=True, key="runs_race_laps")


def lap_words(lap: Lap | None, is_over: bool) -> str:
    """A time until the target, or that it was not reached (yet)."""
    if lap and lap.reached:
        return _("{seconds} s, in epoch {epochs}").format(seconds=f"{lap.seconds:.1f}", epochs=lap.epochs)
    if lap and is_over:
        return _("not reached: {seconds} s, epochs: {epochs}").format(seconds=f"{lap.seconds:.1f}", epochs=lap.epochs)
    return "–"


def verdict(race: Race, names: Sequence[str], sides: Sequence[Sequence[RunView]]) -> list[str]:
    """Who won, as Markdown, once all have ended by themselves; else why nobody has."""
    views = [seen for side in sides for seen in side]
    if not all(seen.run.is_over for seen in views):
        return [_("Who wins is told once all of them have ended.")]
    first, second = ({seen.run.config.seed: lap_in(seen, race) for seen in side if ended(seen)} for side in sides)
    pairs = [(one, other) for seed, one in first.items() if one and (other := second.get(seed))]
    result = result_of(pairs)
    if result is None:
        return [_("Cannot tell: it takes at least two seeds with which both sides ended by themselves.")]
    said = [bold(as_text(outcome_words(result, race, names)))]
    said += [_(METHOD)] if result.ratio else []
    return [*said, *differences(views), *not_counted(pairs, result, names)]


def ended(seen: RunView) -> bool:
    """Whether the run came to its own end: nobody stopped it, and its machine did not fail."""
    return seen.run.status == Status.FINISHED or has_exploded(seen)


def outcome_words(result: Result, race: Race, names: Sequence[str]) -> str:
    """The result in a sentence, seen from the winner's side."""
    swapped = result.outcome == "second"
    first, second = names[::-1] if swapped else names
    about: dict[str, Any] = {
        "winner": first,
        "first": first,
        "second": second,
        "target": percent(race.target, 1),
        "seeds": result.pairs,
    }
    told = result.outcome != "cannot_tell"
    if result.ratio is None:
        more, less = result.reached[::-1] if swapped else result.reached
        return _(BY_COUNT if told else BY_COUNT_EVEN).format(more=more, less=less, p=f"{result.p:.3f}", **about)
    share, low, high = result.ratio, result.low, result.high
    if swapped:
        share, low, high = 1 / share, 1 / high, 1 / low
    shares = {"share": percent(share, 0), "low": percent(low, 0), "high": percent(high, 0)}
    return _(BY_TIME if told else BY_TIME_EVEN).format(**shares, **about)


def differences(views: Sequence[RunView]) -> list[str]:
    """What else differed between the sides."""
    said = []
    if len({seen.run.device for seen in views}) > 1:
        said.append(_("They did not all run on the same device: that alone may explain a difference."))
    if any(seen.rate_changes for seen in views):
        said.append(_("Somebody changed the learning rate of one on the way: it was not the race that was planned."))
    return said


def not_counted(pairs: Sequence[tuple[Lap, Lap]], result: Result, names: Sequence[str]) -> list[str]:
    """The seconds before the first step, and the winner if they counted, where it is another."""
    one, other = (f"{max(lap.starting for lap in side):.1f}" for side in zip(*pairs, strict=True))
    said = _("Not counted: loading, tracing and compiling, up to {seconds} s ({first}) and {more} s ({second}).")
    words = [said.format(seconds=one, first=names[0], more=other, second=names[1])]
    counted = result_of(pairs, with_starting=True)
    if counted and counted.outcome == "cannot_tell" != result.outcome:
        words.append(_("If they counted, one could not tell who wins."))
    elif counted and counted.outcome != result.outcome:
        winner = names[0 if counted.outcome == "first" else 1]
        words.append(_("If they counted, the winner would be: {name}.").format(name=winner))
    return [as_text(" ".join(words))]
