"""Why a visitor cannot start something now: their class is paused, or a limit of this server is reached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lib.core.training.config import TrainConfig
from lib.runs.model.unavailable import HEALTH_TEXT, NO_ROOM
from lib.ui.shell.language import _
from lib.ui.shell.quotas import limits
from lib.ui.shell.room import refusal_in_class, seat
from lib.ui.shell.services import engine_state, store

if TYPE_CHECKING:
    from lib.core.studies.configs import StudyConfig
    from lib.runs.model.run import Job


def no_room() -> str | None:
    """Why nothing new may be recorded, in the visitor's language, if the server's room is used up."""
    state = engine_state()
    return _(HEALTH_TEXT[NO_ROOM]) if state and state.trouble == NO_ROOM else None


def refusal(config: TrainConfig | StudyConfig, own: Sequence[Job]) -> str | None:
    """Why a visitor with the open runs and studies `own` cannot start `config`, in their language; None if they can.

    A study counts as one open job and has no images to count. The runs of a group count as one. A class may be paused.
    """
    if why := refusal_in_class() or no_room():
        return why
    allowed = limits()
    count = len({job.group or job.id for job in own})
    if count >= allowed.runs_per_visitor:
        return _(
            "Your runs and measurements that are waiting or under way: {count}. This server allows {limit} at a time: "
            "wait for one to end, or stop one."
        ).format(count=count, limit=allowed.runs_per_visitor)
    if own and (why := refusal_of_full_class(allowed.runs_per_room)):
        return why
    if not isinstance(config, TrainConfig):
        return None
    images = config.epochs * config.train_size
    if images > allowed.images_per_run:
        return _(
            "{epochs} epochs of {size} images are {images} images, and this server allows {limit} a run. "
            "Choose fewer epochs or fewer training images."
        ).format(
            epochs=config.epochs,
            size=f"{config.train_size:,}",
            images=f"{images:,}",
            limit=f"{allowed.images_per_run:,}",
        )
    return None


def refusal_of_full_class(limit: int) -> str | None:
    """Why this visitor's class has no room for more runs, in their language; None outside of one, or if it has.

    Whoever has none that waits or is under way is not asked: a class never keeps anybody from a first one.
    """
    here = seat()
    if here is None or not here.takes_part:
        return None
    count = store().classwork.open_count(here.room.id)
    if count < limit:
        return None
    return _(
        "The runs and measurements of your class that are waiting or under way: {count}. This server allows {limit} a "
        "class at a time. You have one among them: start another when it has ended."
    ).format(count=count, limit=limit)
