"""What a lesson is made of, before it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lib.core.i18n import Translate
from lib.core.settings import Setting
from lib.core.tour.outputs import Outputs

Value = int | float | str

BLOCK = "block"
"""The varied value that chooses one of a lesson's blocks; no function takes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A choice of the lesson's question; `why` is shown once an answer was given, to right and wrong ones alike."""

    text: str
    why: str
    right: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Varied:
    """A value of the lesson that may be varied: its description, and the value to begin with."""

    setting: Setting
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One statement of the notes that a visitor can run. All texts are marked for translation.

    code        its name in links and files
    claim       what the notes say
    about       what to look at, in a few sentences of Markdown
    functions   the functions of `lib/ml/tour/<code>.py` that are shown and run, in order, each with its title
    uses        by a function's name, the functions and classes of the same file whose code is shown above its own
    lines       by a function's name, lines of its code or of what it uses, each with what it does, in Markdown
    varied      what may be varied, by the name of the functions' parameter
    blocks      the functions that belong together, by the options of the varied value BLOCK: those of the chosen one
                are shown and run. Without blocks, and without that value, all are
    truth       one or two sentences of Markdown, made from what just came out: what the notes say, and what is so on
                this machine; of a lesson with blocks, from what came out of one. Raises NoOutput if something it
                speaks of did not come out
    question    with its answers, of which one is right
    try_it      where this app shows more of it: titles, and links relative to the app such as "compare?show=retraces"
    reading     where to read on: titles and addresses of official pages
    """

    code: str
    title: str
    claim: str
    about: str
    functions: Mapping[str, str]
    uses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lines: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    varied: Mapping[str, Varied] = field(default_factory=dict)
    blocks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    truth: Callable[[Outputs, Translate], str]
    question: str
    answers: tuple[Answer, ...]
    try_it: Mapping[str, str] = field(default_factory=dict)
    reading: Mapping[str, str]

    @property
    def file(self) -> str:
        """The file with its functions, relative to the project."""
        return f"lib/ml/tour/{self.code}.py"

    def chosen(self, values: Mapping[str, Value]) -> Mapping[str, str]:
        """Those of the functions that are shown and run with these values, each with its title."""
        if not self.blocks:
            return self.functions
        return {name: self.functions[name] for name in self.blocks[str(values[BLOCK])]}

    def values(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """A value for each that may be varied: the given one, or the one to begin with."""
        return {name: given.get(name, varied.value) for name, varied in self.varied.items()}
