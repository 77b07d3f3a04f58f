"""Requests to a running training. The worker reads them between calls and passes them to the loop."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRequests:
    """Each request holds until it is withdrawn: the loop compares it with the run's state.

    `stop` ends the run. `pause_after` pauses it after that many steps: at once if it has made more (so 0 is "now"),
    never if it is None. `learning_rate` replaces the one in the settings; None keeps that.
    """

    stop: bool = False
    pause_after: int | None = None
    learning_rate: float | None = None
