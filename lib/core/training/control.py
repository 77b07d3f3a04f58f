"""What somebody wants of a run that is under way. The worker reads it between calls and hands it to the loop."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRequests:
    """They hold until they are taken back: the loop compares them with how things stand.

    `stop` ends the run. `pause_after` lets it rest once that many steps are made: at once where there are more already
    (so 0 is "now"), never where it is None. `learning_rate` replaces the one in the settings; None leaves it.
    """

    stop: bool = False
    pause_after: int | None = None
    learning_rate: float | None = None
