"""What TensorFlow's own tool made of somebody's code, and what is still missing from it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lib.core.i18n import Translate, mark

PLAIN: Mapping[str, str] = {
    r"Renamed '(?P<old>.+)' to '(?P<new>.+)'": mark("{old} is now {new}."),
    r"Renamed keyword argument for (?P<name>.+) from (?P<old>.+) to (?P<new>.+)": mark(
        "{name}: the argument {old} is now called {new}."
    ),
    r"Added keywords to args of function '(?P<name>.+)'": mark(
        "{name}: its arguments are given by name now, because their order has changed."
    ),
    r"Removed argument (?P<old>.+) for function (?P<name>.+)": mark("{name}: the argument {old} is left out."),
    r"Changed '(?P<name>.+)' to a function call": mark("{name} is called as a function now."),
}
"""The tool's own notes that follow a pattern, and the same in words of the catalogue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A line of the tool's report, about this line of the code given. `level`: INFO, WARNING or ERROR."""

    line: int
    level: str
    text: str

    def sentence(self, _: Translate) -> str:
        """The note in plain words; what the tool says in a sentence of its own is quoted in English."""
        for pattern, words in PLAIN.items():
            if found := re.fullmatch(pattern, self.text):
                return _(words).format(**found.groupdict())
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A name in the upgraded code that this TensorFlow cannot give.

    lines     where it stands in the upgraded code
    ends      the part of it that is not there: 'tf.layers' of 'tf.layers.dense'; the whole name if it `refuses`
    refuses   the name is there, but only to say that Keras 3 no longer has what it stood for
    was       the name in the code given, if that one is there and the tool replaced it; else empty
    new       what TensorFlow's table of renames has for it, if that is there; else empty
    """

    name: str
    lines: tuple[int, ...]
    ends: str
    refuses: bool = False
    was: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgraded:
    """The upgraded code, the tool's report, and the names in the code that were looked up.

    given      the code that it was made from
    notes      the first of the report's `count` notes
    names      how many different names of TensorFlow the upgraded code has
    passed     the lines whose import the tool does not follow: it knows the name `tf` only
    version    of the installed TensorFlow
    """

    given: str = field(repr=False)
    code: str = field(repr=False)
    notes: tuple[Note, ...]
    count: int
    names: int
    missing: tuple[Missing, ...]
    passed: tuple[int, ...]
    version: str

    def diff(self) -> str:
        """A unified diff of the two codes with three lines around each change; empty if they are the same."""
        before, after = self.given.splitlines(), self.code.splitlines()
        return "\n".join(list(difflib.unified_diff(before, after, lineterm=""))[2:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the tool's process answers: the upgraded code, or the code of a refusal with the line it is about."""

    upgraded: Upgraded | None = None
    refused: str = ""
    line: int = 0
    near: str = ""
