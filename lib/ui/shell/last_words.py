"""What a script draws last reaches its page, also when a part of that page is asked for in the same moment.

A script of Streamlit (1.67) hands what it draws to the server's event loop, which sends it. Where a fragment is asked
for after the script has ended and before the loop has come to its last messages, `AppSession` starts another runner of
scripts, and from then on ignores whatever the former one has left: the end of the page is missing, until something
draws the whole page again. Seen once in 420 times that three visitors loaded Draw on two processors. Here such messages
are sent as well. They stand before those of the new runner.

For the same reason nothing of a fragment is taken back that is not sent yet when the fragment is drawn anew. Streamlit
takes back what belongs to it, but not what belongs to a fragment within it: the browser then gets parts of a container
that it was never told of, says "Bad delta path", and shows nothing further.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import RerunData, ScriptRunner, ScriptRunnerEvent

_create = AppSession._create_scriptrunner
_handle = AppSession._handle_scriptrunner_event_on_event_loop

_ended: WeakSet[ScriptRunner] = WeakSet()
"""Runners that had come to their end before another one took their place; not those that were told to stop."""


def keep_last_words() -> None:
    """Has every session of this server send what a script has left; it may be called again."""
    AppSession._create_scriptrunner = _take_the_place  # type: ignore[method-assign, assignment]
    AppSession._handle_scriptrunner_event_on_event_loop = _handle_also_of_ended  # type: ignore[method-assign, assignment]
    AppSession._clear_queue = _take_back  # type: ignore[method-assign, assignment]


def _take_the_place(session: AppSession, initial_rerun_data: RerunData) -> None:
    """Starts a new runner. The one before is still there only if it has ended by itself."""
    if session._scriptrunner is not None:
        _ended.add(session._scriptrunner)
    _create(session, initial_rerun_data)


def _handle_also_of_ended(
    session: AppSession, sender: ScriptRunner | None, event: ScriptRunnerEvent, *rest: Any, **named: Any
) -> None:
    """Handles an event of the present runner, or of an ended one as if it still were the present one."""
    present = session._scriptrunner
    if sender not in _ended or event is ScriptRunnerEvent.SHUTDOWN:
        _handle(session, sender, event, *rest, **named)
        return
    session._scriptrunner = sender
    try:
        _handle(session, sender, event, *rest, **named)
    finally:
        session._scriptrunner = present


def _take_back(session: AppSession, fragment_ids_this_run: list[str] | None = None) -> None:
    """Before a script runs: of what is not sent yet, takes back what a whole page replaces; nothing for fragments."""
    session._browser_queue.clear(
        retain_lifecycle_msgs=True, fragment_ids_this_run=None if fragment_ids_this_run is None else []
    )
