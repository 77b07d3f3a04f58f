"""What a comparison is doing, in words, and how long it will still take."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lib.core.benchmark.comparison import comparison_of
from lib.core.benchmark.comparison_progress import seconds_left
from lib.core.benchmark.labels import mode_short
from lib.core.studies.configs import CompareConfig
from lib.core.studies.events import Agreed, Began, Prepared, Sampled, Waiting, Warmed
from lib.ui.jobs.studies import StudyEvents
from lib.ui.shell.language import _
from lib.ui.widgets.text import duration

if TYPE_CHECKING:
    from lib.runs.model.run import Study


def progress_words(study: Study, events: StudyEvents) -> str:
    """The current activity, and the time left."""
    assert isinstance(study.config, CompareConfig)
    size = getattr(events[-1] if events else None, "size", None)
    parts = [doing_words(events)]
    if study.config.is_sweep and size is not None:
        sizes = study.config.sizes
        parts.insert(
            0,
            _("size {size} ({place} of {count})").format(
                size=f"{size:,}", place=sizes.index(size) + 1, count=len(sizes)
            ),
        )
    left = time_left(study, events)
    return " · ".join([*parts, _("about {time} left").format(time=duration(left))] if left else parts)


def doing_words(events: StudyEvents) -> str:
    """The current activity."""
    newest = events[-1] if events else None
    began = next((event for event in events if isinstance(event, Began)), None)
    rounds = [event for event in events if isinstance(event, Sampled) and event.size == getattr(newest, "size", None)]
    planned = (rounds[-1].planned if rounds else 0) or (began.rounds if began else 0)
    if len(rounds) >= planned > 0:
        return _("recording what a careless benchmark would measure")
    match newest:
        case Sampled():
            return _("round {round} of {rounds}").format(round=len(rounds), rounds=planned)
        case Waiting() if rounds:
            return _("a pause; then a second block of rounds")
        case Waiting():
            return _("{mode} is being prepared").format(mode=mode_short(newest.mode, _))
        case Prepared():
            return _("{mode} is traced and compiled").format(mode=mode_short(newest.mode, _))
        case Agreed():
            return _("looking whether all modes compute the same")
        case Warmed():
            return _("{mode} is warm").format(mode=mode_short(newest.mode, _))
        case _:
            return _("tracing, compiling, warming up")


def time_left(study: Study, events: StudyEvents) -> float | None:
    """Estimated seconds until it is over; None before the first round."""
    assert isinstance(study.config, CompareConfig)
    comparison = comparison_of(study.config, events)
    if comparison.began is None or study.claimed_at is None:
        return None
    began = datetime.fromisoformat(comparison.began.at) if comparison.began.at else study.claimed_at
    return seconds_left(comparison, (datetime.now(UTC) - began).total_seconds())
