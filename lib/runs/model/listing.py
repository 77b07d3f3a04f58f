"""What is asked of a list of runs: whose, which of them, in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from lib.core.i18n import mark

ORDERS: Mapping[str, str] = {
    "newest": mark("Newest first"),
    "oldest": mark("Oldest first"),
    "best": mark("Highest accuracy first"),
    "shortest": mark("Shortest first"),
    "longest": mark("Longest first"),
    "name": mark("By name"),
}
"""The orders of a list; runs without an accuracy or a name come last."""
STATES: Mapping[str, str] = {
    "all": mark("All"),
    "open": mark("Under way"),
    "finished": mark("Finished"),
    "other": mark("Stopped or failed"),
    "pinned": mark("Pinned"),
}
"""Parts of a list."""
ON_A_PAGE = 25
NAME_LENGTH = 80
"""Most characters of a run's name."""
UNDONE_FOR = timedelta(hours=1)
"""How long at least a deleted run can be brought back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Part of the runs: `owner`'s, or everybody's for None; whose name, id or settings hold all `words`."""

    owner: str | None
    words: str = ""
    state: str = "all"
    order: str = "newest"


def short_name(name: str) -> str:
    """The name in one line, at most NAME_LENGTH characters; databases refuse the character 0."""
    return " ".join(name.replace("\0", "").split())[:NAME_LENGTH]
