"""Parts of a page that follow a run under way: drawn by the script once, then by the run's event stream.

The script runs again only where the stream says that a part is no longer what it was drawn with, and where the stream
is cut.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lib.runs.model.run import Run
from lib.runs.model.view import RunView
from lib.ui.jobs.live_view import State, drawing_of, state_of
from lib.ui.jobs.moment import place_of
from lib.ui.jobs.run_feed import run_feed
from lib.ui.shell.language import language
from lib.ui.shell.services import engine
from lib.ui.shell.store_health import says_when_store_unavailable
from lib.ui.shell.visitor import may_control
from lib.ui.widgets.live import remake
from lib.ui.widgets.live_plot import Stream

EPOCH_POLL_SECONDS, WATCHED_EPOCH_POLL_SECONDS = 4.0, 8.0
"""Where the stream is cut: seconds between polls for the next epoch of the visitor's own run, and of another's."""

BACKSTOP_SECONDS = 600.0
"""Seconds between reruns of a part that follows a run, whatever its stream says. A page whose connection was lost for
longer than the server remembers it is made anew only if something on it reruns by itself (Streamlit's frontend,
`handleConnectionStateChanged`); without that its buttons would do nothing."""


def stream_of(seen: RunView) -> Stream:
    """The run's event stream in this visitor's language, from what was read on."""
    return Stream(stream_url(seen.run.id), str(place_of(seen)), drawing_of(seen))


def stream_url(run_id: str) -> str:
    """The stream's URL, relative to the app (`lib.ui.jobs.live_route`)."""
    return f"live/{run_id}?lang={language()}"


def follow_run(
    name: str,
    run: Run,
    parts: tuple[str, ...],
    look: Callable[[], RunView],
    draw: Callable[[RunView, Stream], None],
    poll_seconds: float,
) -> None:
    """Looks and draws, in a fragment with this name that reruns as soon as one of these `parts` of the run's state
    (`lib.ui.jobs.live_view.state_of`) is another, or every `poll_seconds` while the stream is cut; until it is over.
    """

    def follow() -> None:
        # Where the store does not answer, whatever the stream says later is another.
        stream = Stream(stream_url(run.id), "", "")
        drawn: State = dict.fromkeys(parts, "")
        with says_when_store_unavailable():
            seen = look()
            stream, state = stream_of(seen), state_of(seen, engine().state().trouble)
            draw(seen, stream)
            drawn = {part: state[part] for part in parts}
        if not run.is_over:
            remake(name, stream, drawn, may_control(run), poll_seconds)

    st.fragment(follow, run_every=None if run.is_over else BACKSTOP_SECONDS)()


def follow_epochs(name: str, run: Run, draw: Callable[[RunView], None]) -> None:
    """Draws what changes once per epoch. It runs beside `lib.ui.train.live.watch`, which reads the store for both."""
    every = EPOCH_POLL_SECONDS if may_control(run) else WATCHED_EPOCH_POLL_SECONDS

    def look() -> RunView:
        return run_feed(run.id).look(within=1.0)  # the live chart has just been drawn with it

    follow_run(name, run, ("epochs",), look, lambda seen, _stream: draw(seen), every)
