"""Who is where and how far: one card for each member, from what the store knows of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lib.core.classroom.nicknames import shown
from lib.core.i18n import mark
from lib.core.studies.configs import LessonConfig
from lib.core.tour.lessons import LESSONS
from lib.core.training.config import TrainConfig
from lib.runs.model.room import Member, Room
from lib.runs.model.run import Job, Run, Status
from lib.ui.jobs.settings_text import setting_words
from lib.ui.shell.language import _, language
from lib.ui.widgets.text import percent

AWAY = timedelta(seconds=75)
"""After this long without a word a member's page is closed, or asleep: it says every 20 s where it is."""


class State(StrEnum):
    """What a card shows of a member, the most urgent first."""

    DOOR = "door"
    ERROR = "error"
    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    HERE = "here"
    AWAY = "away"


STATE_WORDS: Mapping[State, str] = {
    State.DOOR: mark("at the door"),
    State.ERROR: mark("something failed"),
    State.WAITING: mark("waits for a worker"),
    State.RUNNING: mark("at work"),
    State.PAUSED: mark("has paused"),
    State.DONE: mark("has finished"),
    State.HERE: mark("looking around"),
    State.AWAY: mark("not there"),
}
SIGNS: Mapping[State, str] = {
    State.DOOR: "?",
    State.ERROR: "!",
    State.WAITING: "…",
    State.RUNNING: "▶",
    State.PAUSED: "‖",
    State.DONE: "✓",
    State.HERE: "●",
    State.AWAY: "–",
}
"""One sign for each, for those who see no colours."""
OF_STATUS: Mapping[Status, State] = {
    Status.WAITING: State.WAITING,
    Status.STARTING: State.RUNNING,
    Status.RUNNING: State.RUNNING,
    Status.PAUSED: State.PAUSED,
    Status.FINISHED: State.DONE,
    Status.STOPPED: State.HERE,
    Status.FAILED: State.ERROR,
}
PAGES: Mapping[str, str] = {
    "home": mark("Home"),
    "tour": mark("Tour"),
    "train": mark("Train"),
    "compare": mark("Compare"),
    "draw": mark("Draw"),
    "runs": mark("Runs"),
    "class": mark("Class"),
}
KIND_WORDS: Mapping[str, str] = {
    "compare": mark("Comparison"),
    "compare_aa": mark("A/A comparison"),
    "retrace": mark("Retraces"),
    "xray": mark("X-ray"),
    "saliency": mark("Gradient"),
    "export": mark("File to take away"),
}
"""What a study is called in a list; a lesson has its title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One member: `name` is their nickname's key, `called` what the page calls them, `where` their page and lesson.

    `share` of the newest job is done, from 0 to 1, None if that is not known; `said` is its state in words, and `brief`
    what has room on a card, whose sign says the state.
    """

    name: str
    called: str
    state: State
    where: str
    share: float | None
    said: str
    brief: str


def cards_of(room: Room, members: Sequence[Member], jobs: Sequence[Job], now: datetime) -> list[Card]:
    """A card for each member who is inside or at the door, in the order in which they came; `jobs` newest first."""
    newest: dict[str, Job] = {}
    for job in jobs:
        # An open one says more than a newer one that has ended.
        if job.owner not in newest or (job.is_open and not newest[job.owner].is_open):
            newest[job.owner] = job
    there = [member for member in members if not member.removed]
    names = called(room, there)
    return [card_of(member, names[member.visitor], newest.get(member.visitor), now) for member in there]


def called(room: Room, members: Sequence[Member]) -> dict[str, str]:
    """What the page calls each member, by visitor: their nickname, or a number where the room hides names."""
    if room.names_hidden:
        return {member.visitor: _("No. {number}").format(number=number) for number, member in enumerate(members, 1)}
    return {member.visitor: shown(member.nickname, language()) for member in members}


def card_of(member: Member, name: str, job: Job | None, now: datetime) -> Card:
    """The card of one member with their newest job."""
    if not member.admitted:
        state = State.DOOR
    elif now - member.seen_at > AWAY and not (job and job.is_open):
        state = State.AWAY
    else:
        state = OF_STATUS[job.status] if job else State.HERE
    begun = job is not None and job.total_steps > 0
    where = place_words(member.where)
    works = job is not None and state == OF_STATUS[job.status] and state != State.HERE
    brief = " · ".join(filter(None, (result_words(job) if job and works else "", where)))
    return Card(
        name=member.nickname,
        called=name,
        state=state,
        where=where,
        share=min(1.0, job.step / job.total_steps) if job and begun else None,
        said=f"{_(STATE_WORDS[state])}: {result_words(job)}" if job and works else _(STATE_WORDS[state]),
        brief=brief or _(STATE_WORDS[state]),
    )


def counted(cards: Sequence[Card]) -> str:
    """How many members are in each state, the most urgent first."""
    counts = Counter(card.state for card in cards)
    return " · ".join(f"{counts[state]} {_(words)}" for state, words in STATE_WORDS.items() if counts[state])


def place_words(where: str) -> str:
    """The page and the lesson, as 'Tour · The tape'; '' for a place that this version does not know."""
    page, _slash, part = where.partition("/")
    if page not in PAGES:
        return ""
    lesson = LESSONS.get(part) if page == "tour" else None
    return " · ".join([_(PAGES[page]), *([_(lesson.title)] if lesson else [])])


def job_words(job: Job) -> str:
    """What a run or study is, in a few words."""
    if isinstance(job.config, TrainConfig):
        changes = job.config.changes()
        return " · ".join(setting_words(name, value) for name, value in changes.items()) or _("The notes' settings")
    if isinstance(job.config, LessonConfig):
        return _(LESSONS[job.config.lesson].title) if job.config.lesson in LESSONS else job.config.lesson
    return _(KIND_WORDS[kind]) if (kind := getattr(job, "kind", "")) in KIND_WORDS else kind


def result_words(job: Job) -> str:
    """How far a run or study is: its share of steps, and its accuracy; what it is, if neither is known."""
    parts = []
    if job.total_steps and not job.is_over:
        parts.append(percent(job.step / job.total_steps, 0))
    if isinstance(job, Run) and job.accuracy is not None:
        parts.append(_("Accuracy {accuracy}").format(accuracy=percent(job.accuracy, 1)))
    return " · ".join(parts) or job_words(job)
