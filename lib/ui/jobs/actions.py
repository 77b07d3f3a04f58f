"""The callbacks of buttons on a run or a study: do it and wait briefly, or let the page say why not."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from lib.core.errors import Refusal
from lib.core.training.config import TrainConfig
from lib.runs.model.group import Kind
from lib.runs.model.run import Job, Run, RunOver
from lib.runs.model.unavailable import StoreUnavailable
from lib.ui.shell.language import _
from lib.ui.shell.quotas import limits
from lib.ui.shell.refusals import refusal
from lib.ui.shell.room import seat
from lib.ui.shell.services import engine, store
from lib.ui.shell.visitor import may_control, visitor

logger = logging.getLogger(__name__)

LINK = "run"
"""The current run in the URL, as `?run=<id>`, and in the session."""
NOT_DONE = "not_done"
"""Session-state key: why the last click of a button did nothing."""
ANSWER_SECONDS = 0.4
"""A visitor who clicked a button waits at most this long; a run that takes longer is polled as before."""


def press(do: Callable[..., None], *args: object) -> None:
    """Does a button's work; if the store cannot record it, the next rerun says so."""
    try:
        do(*args)
    except StoreUnavailable as away:
        logger.exception("a visitor's request was not recorded")
        st.session_state[NOT_DONE] = away.sentence(_) + " " + _("So nothing was changed; press again afterwards.")


def or_say_why(do: Callable[..., object], *args: object) -> bool:
    """Does it; False if it is refused: then the next rerun says why."""
    try:
        do(*args)
    except Refusal as error:
        st.session_state[NOT_DONE] = error.sentence(_)
        return False
    return True


def pin(run_id: str, pinned: bool) -> bool:
    """Pins the run, or takes the pin away; False if the server has too many: then the next rerun says so."""
    return or_say_why(store().pin, run_id, pinned, limits().pinned_runs)


def ask_class(start: Callable[[], None]) -> None:
    """Has `start` make a run or study that waits for the guesses of this teacher's class, unless enough wait already:
    then the next rerun says so.
    """
    here = seat()
    if here and or_say_why(store().classwork.ask, here.room.id, visitor()):
        start()


def request_run(config: TrainConfig, **wishes: Any) -> Run | None:
    """A new run of this visitor, with the `wishes` of `Store.create_run`.

    None if their limits forbid it: then the next rerun says why.
    """
    owner = visitor()
    if why := refusal(config, store().open_runs_of(owner)):
        st.session_state[NOT_DONE] = why
        return None
    run = store().create_run(config, owner=owner, **wishes)
    engine().wake()
    return run


def request_group(kind: Kind, plan: Mapping[str, Any], members: Sequence[tuple[TrainConfig, str]]) -> list[Run]:
    """New runs of this visitor as one group, which counts as one run; each with its settings and its name.

    Empty if their limits forbid it: then the next rerun says why.
    """
    owner = visitor()
    own = store().open_runs_of(owner)
    if why := next((why for config, _name in members if (why := refusal(config, own))), None):
        st.session_state[NOT_DONE] = why
        return []
    group = store().create_group(kind, plan, members, owner)
    engine().wake()
    return store().group_runs(group.id)


def ask(job: Job, request: Callable[[], None], until: Callable[[Job], bool]) -> None:
    """Makes the request if the run or study is the visitor's own, and waits briefly `until` it is fulfilled.

    Another tab may have ended the job meanwhile: then the next rerun shows that, and nothing is requested.
    """
    if not may_control(job):
        return
    try:
        request()
    except RunOver:
        return
    deadline = time.monotonic() + ANSWER_SECONDS
    while not until(store().job(job.id)) and time.monotonic() < deadline:
        time.sleep(0.01)
