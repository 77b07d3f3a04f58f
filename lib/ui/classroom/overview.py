"""The teacher's view at one glance: everybody's card, what they start as it comes, and what goes wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from lib.core.errors import REASONS
from lib.core.i18n import mark
from lib.runs.model.room import Room
from lib.runs.model.run import Job, Run, Status
from lib.ui.classroom import presses
from lib.ui.classroom.cards import SIGNS, Card, called, cards_of, counted, job_words
from lib.ui.runs.table import status_word
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_text
from lib.ui.shell.services import store
from lib.ui.shell.store_health import says_when_store_unavailable
from lib.ui.shell.web_server import asset_url
from lib.ui.widgets.live_plot import LOADER
from lib.ui.widgets.text import percent

POLL_SECONDS = 3.0
NEWEST = 12
"""Runs and studies in the list of the newest."""
GUESSING = 0.2
"""Test accuracies below this are hardly better than naming one of ten classes."""
NO_BETTER = mark("It learned nothing: hardly better than guessing.")

_component = st.components.v2.component("class_cards", js=LOADER, isolate_styles=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A run or study in the list of the newest, in words."""

    who: str
    what: str
    state: str
    accuracy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What went wrong `count` times, in words, with one example of it."""

    said: str
    count: int
    example: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A room at a moment, in the words of the visitor's language."""

    cards: Sequence[Card]
    newest: Sequence[Line]
    faults: Sequence[Fault]


def overview_of(room: Room) -> Overview:
    """The room now: three queries, however many are in it."""
    members = store().classroom.members(room.id)
    jobs = store().classroom.jobs(room.id)
    names = called(room, [member for member in members if member.is_inside]) | {room.teacher: _("Teacher")}
    # What somebody has started who was removed meanwhile is shown no more.
    shown = [job for job in jobs if job.owner in names]
    lines = {job.id: line_of(job, names[job.owner]) for job in shown}
    reasons = store().classroom.reasons_of_failures(room.id)
    return Overview(
        cards=cards_of(room, members, jobs, datetime.now(UTC)),
        newest=[lines[job.id] for job in shown[:NEWEST]],
        faults=faults_of([(job, lines[job.id]) for job in shown], reasons),
    )


def line_of(job: Job, who: str) -> Line:
    """A run or study in words."""
    accuracy = percent(job.accuracy, 1) if isinstance(job, Run) and job.accuracy is not None else ""
    return Line(who=who, what=job_words(job), state=status_word(job), accuracy=accuracy)


def faults_of(jobs: Sequence[tuple[Job, Line]], reasons: dict[str, str]) -> list[Fault]:
    """What went wrong, the most common first, each with its newest example; `jobs` newest first."""
    examples: dict[str, Line] = {}
    counts: Counter[str] = Counter()
    for job, line in jobs:
        said = fault_in(job, reasons.get(job.id))
        if said:
            counts[said] += 1
            examples.setdefault(said, line)
    return [Fault(said=_(said), count=count, example=examples[said]) for said, count in counts.most_common()]


def fault_in(job: Job, reason: str | None) -> str | None:
    """What went wrong with this one, untranslated; None if nothing did."""
    if job.status == Status.FAILED:
        return REASONS.get(reason or "error", REASONS["error"])
    accuracy = job.accuracy if isinstance(job, Run) and job.status == Status.FINISHED else None
    return NO_BETTER if accuracy is not None and accuracy < GUESSING else None


def watch_class(room: Room) -> None:
    """The overview, again every POLL_SECONDS; a tick redraws only this part."""

    def look() -> None:
        with says_when_store_unavailable():
            now = overview_of(room)
            if room.paused:
                presses.hold(store().classroom.room(room.id))
            show_counts(now.cards)
            show_cards(room, now.cards)
            show_newest(now.newest)
            show_faults(now.faults)

    st.fragment(look, run_every=POLL_SECONDS)()


def show_counts(cards: Sequence[Card]) -> None:
    """How many there are, and how many in each state."""
    if not cards:
        plain.info(_("Nobody is here yet: show them the code."))
        return
    st.markdown(f"**{len(cards)}** · {counted(cards)}")


def show_cards(room: Room, cards: Sequence[Card]) -> None:
    """Everybody's card, with its press."""
    data = {
        "code": asset_url("class_cards.js"),
        "cards": [
            {
                "name": card.name,
                "called": card.called,
                "state": f"state_{card.state}",
                "sign": SIGNS[card.state],
                "where": card.where,
                "share": card.share,
                "said": card.said,
                "brief": card.brief,
            }
            for card in cards
        ],
        "words": {"list": _("Everybody in the class"), "admit": _("Let in"), "remove": _("Remove {name}")},
    }
    _component(
        key=presses.CARDS,
        data=data,
        height="content",
        on_removed_change=presses.remove(room),
        on_admitted_change=presses.admit(room),
    )


def show_newest(newest: Sequence[Line]) -> None:
    """What was started last."""
    if not newest:
        return
    st.markdown("##### " + _("As it comes"))
    columns = {
        _("Who"): [line.who for line in newest],
        _("What"): [line.what for line in newest],
        _("Status"): [line.state for line in newest],
        _("Accuracy"): [line.accuracy for line in newest],
    }
    widths = {
        _("Status"): st.column_config.TextColumn(width="small"),
        _("Accuracy"): st.column_config.TextColumn(width="small"),
    }
    st.dataframe(columns, hide_index=True, key="class_newest", column_config=widths)


def show_faults(faults: Sequence[Fault]) -> None:
    """What went wrong, how often, and an example."""
    if not faults:
        return
    st.markdown("##### " + _("What goes wrong"))
    for fault in faults:
        example = " · ".join(filter(None, (fault.example.who, fault.example.what, fault.example.accuracy)))
        st.markdown(
            f"- **{fault.count}×** {as_text(fault.said)} " + _("For example: {what}").format(what=as_text(example))
        )
