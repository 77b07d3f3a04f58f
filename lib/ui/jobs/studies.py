"""A visitor's studies: start one, stop it, return to it, watch it grow.

A study is any measurement other than a training: a comparison, a retrace case, an X-ray. Other visitors can watch it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from lib.core.studies.configs import KINDS, TOUR, StudyConfig, study_kind
from lib.core.studies.events import Began, StudyEvent
from lib.core.training.events import Failed, Finished, Stopped, why_failed
from lib.runs.model.run import Study, UnknownRun, UnknownStudy
from lib.ui.jobs.actions import NOT_DONE, ask, press
from lib.ui.jobs.feed import Feed
from lib.ui.jobs.status import waiting_words
from lib.ui.shell import plain
from lib.ui.shell.history import came_by_history
from lib.ui.shell.language import _
from lib.ui.shell.refusals import refusal
from lib.ui.shell.services import engine, store
from lib.ui.shell.store_health import rerun_when_other, says_when_store_unavailable
from lib.ui.shell.visitor import may_control, visitor

STUDY_POLL_SECONDS = 1.0
"""Seconds between polls of an open study."""

LINKED = frozenset({"compare", TOUR})
"""Kinds of study with a link, as `?compare=<id>`."""

StudyEvents = tuple[StudyEvent | Finished | Stopped | Failed, ...]
Seen = tuple["Study", StudyEvents]
Draw = Callable[["Study", StudyEvents], None]
Say = Callable[["Study", StudyEvents], str]


def start_study(config: StudyConfig, guess: float | None = None, asks: bool = False) -> None:
    """Starts a study of this visitor, which becomes the current one. Meant as a button's `on_click`, through press.

    One that `asks` waits for the guesses of a class.

    If the visitor's limits forbid it, nothing starts, and `show_not_started` says why.
    """
    owner, kind = visitor(), study_kind(config)
    if why := refusal(config, store().open_runs_of(owner)):
        st.session_state[_refused(kind)] = why
        return
    study = store().create_study(config, owner=owner, guess=guess, asks=asks)
    engine().wake()
    show_study(kind, study.id)


def stop_study(study_id: str) -> None:
    """Ends the visitor's own study, and waits briefly for it; its measurements are kept."""
    study = store().study(study_id)
    ask(study, lambda: store().stop(study_id), until=lambda now: now.is_over)


def current_study(kind: str) -> Study | None:
    """The study of this kind that the link names, else the visitor's last one.

    The page says so if it does not exist. Back to a link without one is back to before it.
    """
    linked = st.query_params.get(kind) if kind in LINKED else None
    if kind in LINKED and came_by_history():
        st.session_state.pop(_shown(kind), None)
    study_id = linked or st.session_state.get(_shown(kind))
    if study_id is None:
        return None
    try:
        study = store().study(study_id)
    except UnknownRun:
        study = None
    if study is None or study.kind != kind:
        plain.warning(UnknownStudy(study_id).sentence(_))
        forget_study(kind)
        return None
    show_study(kind, study.id)
    return study


def show_study(kind: str, study_id: str) -> None:
    """Makes this the visitor's current study of its kind, and puts it into the link if its kind has one."""
    assert kind in KINDS
    st.session_state[_shown(kind)] = study_id
    if kind in LINKED:
        st.query_params[kind] = study_id


def forget_study(kind: str) -> None:
    """Clears the current study of this kind."""
    st.session_state.pop(_shown(kind), None)
    if kind in LINKED and kind in st.query_params:
        del st.query_params[kind]


def study_buttons(
    kind: str, label: str, start: Callable[[], None], study: Study | None, disabled: bool = False
) -> None:
    """The study's button, and the reason if the last click did nothing."""
    study_button(kind, label, start, study, disabled)
    show_not_started(kind)


def study_button(kind: str, label: str, start: Callable[[], None], study: Study | None, disabled: bool = False) -> None:
    """Start (key `<kind>_start`, calls `start`), or Stop (`<kind>_stop`) while the visitor's own study is open."""
    if study is not None and study.is_open and may_control(study):
        key, icon = f"{kind}_stop", ":material/stop:"
        st.button(_("Stop"), key=key, type="primary", icon=icon, on_click=press, args=(stop_study, study.id))
    else:
        key, icon = f"{kind}_start", ":material/play_arrow:"
        st.button(label, key=key, type="primary", icon=icon, disabled=disabled, on_click=press, args=(start,))


def show_not_started(kind: str) -> None:
    """The reason if the last click did nothing."""
    why = st.session_state.pop(_refused(kind), None) or st.session_state.pop(NOT_DONE, None)
    if why:
        with st.container(key=f"{kind}_not_started"):
            plain.warning(why)


def watch_study(study: Study, draw: Draw, running: Say | None = None, poll: float = STUDY_POLL_SECONDS) -> None:
    """Makes `draw(study, events)` show the study, and again every `poll` seconds while it is open.

    Above it a line says how it stands, in the container `<kind>_status`: `[waiting]` with its place in the queue,
    `[running]` with the text of `running(study, events)`, `[failed]` with the reason. Once it is over, the whole page
    reruns, because its buttons change; and when a press in what `draw` shows has begun another one.
    """
    trouble = engine().state().trouble
    open_when_drawn = study.is_open
    shown_when_drawn = st.session_state.get(_shown(study.kind))

    def follow() -> None:
        if st.session_state.get(_shown(study.kind)) != shown_when_drawn:
            st.rerun()
        with says_when_store_unavailable():
            now, events = study_feed(study.id).look()
            show_study_status(now, events, running)
            draw(now, events)
            if open_when_drawn and now.is_over:
                st.rerun()
        rerun_when_other(trouble)

    st.fragment(follow, run_every=poll if open_when_drawn else None)()


def show_study_status(study: Study, events: StudyEvents, running: Say | None = None) -> None:
    """The study's status in one line."""
    with st.container(key=f"{study.kind}_status"):
        st.markdown(f"`[{study.status}]` {study_sentence(study, events, running)}")


def study_sentence(study: Study, events: StudyEvents, running: Say | None = None) -> str:
    """The study's status, in the visitor's language."""
    end = events[-1] if events and isinstance(events[-1], Finished | Stopped | Failed) else None
    if isinstance(end, Failed):
        return why_failed(end, _)
    if isinstance(end, Stopped):
        return _("Stopped; everything measured until then is kept.")
    if end:
        return _("Done.")
    match study.status:
        case "waiting":
            return waiting_words(study)
        case "paused":
            return _("The class guesses first, on the page Class; there its teacher lets it begin.")
        case "starting":
            return _("The machine is looked at; then measuring begins.")
        case _:
            return running(study, events) if running else _("Measuring …")


def grow_study(seen: Seen | None, study: Study, fresh: Sequence[StudyEvent | Finished | Stopped | Failed]) -> Seen:
    """The study with its events after `fresh`."""
    # A study whose worker died restarts: earlier measurements are void.
    begun = [place for place, event in enumerate(fresh) if isinstance(event, Began)]
    before = seen[1] if seen and not begun else ()
    return study, (*before, *fresh[begun[-1] if begun else 0 :])


@st.cache_resource(show_spinner=False, max_entries=30)
def study_feed(study_id: str) -> Feed[Study, Seen]:
    """The server's one feed of this study."""
    return Feed(study_id, store().study, store().events, grow_study)


def _shown(kind: str) -> str:
    return f"shown_{kind}"


def _refused(kind: str) -> str:
    return f"{kind}_refused"
