"""Requests to the engine other than training: comparisons of modes, retrace counts, X-rays, saliency maps, exports.

Each is a frozen value, like TrainConfig: the page, the link, the database and the terminal pass it on unchanged.
"""

from __future__ import annotations

import base64
import binascii
import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from lib.core.codec import to_plain
from lib.core.data.dataset import CLASSES, SIDE
from lib.core.errors import Refusal
from lib.core.i18n import LANGUAGES, Translate, mark, untranslated
from lib.core.settings import Setting, read_values
from lib.core.studies.modes import ADAMS, MODES, OLD_NAMES
from lib.core.studies.works import CASES, DEPTHS, EXAMPLES, FORMATS, SECONDS, WORKS
from lib.core.tour.lesson import Value
from lib.core.tour.lessons import LESSONS
from lib.core.untrusted import beginning

SCHEME = 2
"""The scheme of mode names in a record: since 2 a plain name means Adam in one operation, see
`lib.core.studies.modes`."""


OUT_OF_BOUNDS = mark("{name} must be a whole number from {low} to {high}, but {value} was given.")
NO_SUCH_CHOICE = mark("{name} must be one of {allowed}, but {value} was given.")


class StudyError(Refusal):
    """A refused value of a study; `allowed` says what would be right: names, or the lowest and highest."""

    def __init__(self, name: str, value: object, allowed: tuple[object, ...]) -> None:
        self.name, self.value, self.allowed = name, value, allowed
        are_numbers = all(isinstance(one, int) for one in allowed)
        self.template = self.template or (OUT_OF_BOUNDS if are_numbers else NO_SUCH_CHOICE)
        ends = {"low": allowed[0], "high": allowed[-1]} if allowed else {}
        super().__init__(name=name, value=beginning(value), allowed=", ".join(map(str, allowed)), **ends)


class MisformedStudy(StudyError):
    """A value in the wrong form; `wanted` describes the right one, as a text of the catalogue."""

    template = mark("{name} must be {wanted}, but {value} was given.")

    def __init__(self, name: str, value: object, wanted: str) -> None:
        self.wanted = wanted
        super().__init__(name, value, ())

    def sentence(self, _: Translate = untranslated) -> str:
        """The refusal in the language of `_`."""
        return _(self.template).format(name=self.name, wanted=_(self.wanted), value=beginning(self.value))


class TooFewModes(StudyError):
    """A single mode, with nothing to compare it with; `allowed` are all modes of the work, including that one."""

    template = mark("{name} must be at least two of {allowed}, but only {value} was given.")


class UnknownSetting(StudyError):
    """There is no setting of this name."""

    template = mark("There is no setting named {name}.")

    def __init__(self, name: str) -> None:
        super().__init__(beginning(name), "", ())


def _require(name: str, value: object, allowed: tuple[object, ...]) -> None:
    if value not in allowed:
        raise StudyError(name, value, allowed)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareConfig:
    """A comparison. Raises StudyError for a refused value.

    `modes` are at least two of the work's, by default its usual ones. `sizes` is one size, or several for a sweep, by
    default the work's own. Modes are kept in the order of MODES, sizes in ascending order.
    """

    work: str = "train_step"
    modes: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    depth: str = "quick"
    seed: int = 42

    def __post_init__(self) -> None:
        _require("work", self.work, tuple(WORKS))
        for name, setting in compare_settings(self.work).items():
            given = getattr(self, name)
            for value in given if setting.several else (given,):
                if not setting.allows(value):
                    raise StudyError(name, value, setting.allowed)
        work = WORKS[self.work]
        chosen = tuple(mode for mode in work.modes if mode in (self.modes or work.usual))
        if len(chosen) < 2:
            raise TooFewModes("modes", chosen[0], work.modes)
        object.__setattr__(self, "modes", chosen)
        object.__setattr__(self, "sizes", tuple(sorted(set(self.sizes))) or (work.size,))

    @property
    def is_sweep(self) -> bool:
        """Whether more than one size is measured."""
        return len(self.sizes) > 1

    def changes(self) -> dict[str, Any]:
        """The work, and the fields that differ from what is usual for it, for a link."""
        usual = {name: getattr(CompareConfig(work=self.work), name) for name in compare_settings(self.work)}
        usual["work"] = CompareConfig().work
        return {name: getattr(self, name) for name, value in usual.items() if getattr(self, name) != value}


@functools.cache
def compare_settings(work: str) -> Mapping[str, Setting]:
    """Every setting of a comparison of this work by its field name; those that others depend on come first."""
    of = WORKS[work]
    return {
        "work": Setting(
            kind=str,
            label=mark("What is compared"),
            options={code: other.label for code, other in WORKS.items()},
        ),
        "depth": Setting(kind=str, label=mark("How thoroughly"), options=DEPTHS),
        "modes": Setting(
            kind=str,
            label=mark("Ways of running it"),
            options={mode: MODES[mode] for mode in of.modes},
            several=True,
        ),
        "sizes": Setting(
            kind=int,
            label=mark("Sizes: {unit}"),
            help=mark("From {low} to {high}; several with commas between them."),
            unit=of.unit,
            low=of.lowest,
            high=of.highest,
            several=True,
        ),
        "seed": Setting(
            kind=int,
            label=mark("Random seed"),
            help=mark("The same seed brings the same weights, the same data and the same order of the modes."),
            high=2**31 - 1,
        ),
    }


def read_compare(
    given: Mapping[str, object], ignore: Callable[[str], bool] = lambda name: False
) -> tuple[CompareConfig, list[StudyError]]:
    """The comparison in `given` (texts by field name), and the refusals; all good values apply.

    `ignore(name)` is true for names that are no settings.
    """

    def refuse(name: str, value: object, setting: Setting | None) -> StudyError:
        return StudyError(name, value, setting.allowed) if setting else UnknownSetting(name)

    def known(good: Mapping[str, Any]) -> Mapping[str, Setting]:
        return compare_settings(good.get("work", CompareConfig().work))

    order = list(known({}))
    meant = [name for name in given if not ignore(name)]
    meant.sort(key=lambda name: order.index(name) if name in order else -1)
    good, refused = read_values({name: given[name] for name in meant}, known, refuse)
    try:
        return CompareConfig(**good), refused
    except TooFewModes as error:
        del good[error.name]
        return CompareConfig(**good), [*refused, error]


def promised_seconds(config: CompareConfig) -> float:
    """Longest duration of a comparison, from the first look at the machine, if the fewest rounds fit into it."""
    return SECONDS[config.depth] * max(1.0, len(config.sizes) / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class AaConfig:
    """A repeated comparison of one mode with itself. Raises StudyError.

    `mode` is one of the work's; `size` is the work's own by default.
    """

    work: str = "train_step"
    mode: str = "graph"
    size: int = 0
    depth: str = "quick"
    seed: int = 42

    def __post_init__(self) -> None:
        _require("work", self.work, tuple(WORKS))
        _require("mode", self.mode, WORKS[self.work].modes)
        others = [mode for mode in WORKS[self.work].modes if mode != self.mode]
        sizes = (self.size,) if self.size != 0 else ()
        # CompareConfig checks the values, so that both refuse them with the same sentences.
        same = CompareConfig(
            work=self.work, modes=(self.mode, others[0]), sizes=sizes, depth=self.depth, seed=self.seed
        )
        object.__setattr__(self, "size", same.sizes[0])

    @property
    def modes(self) -> tuple[str, ...]:
        """The one mode."""
        return (self.mode,)

    @property
    def seconds(self) -> float:
        """Longest duration, unless a single repetition takes longer."""
        return SECONDS[self.depth]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetraceConfig:
    """Calls of a `tf.function` that may make it trace again; `fixed`: with the fix. Raises StudyError."""

    case: str = "python_int"
    fixed: bool = False
    calls: int = 6

    def __post_init__(self) -> None:
        _require("case", self.case, tuple(CASES))
        if isinstance(self.calls, bool) or not isinstance(self.calls, int) or not 2 <= self.calls <= 20:
            raise StudyError("calls", self.calls, (2, 20))


@dataclass(frozen=True, slots=True, kw_only=True)
class XrayConfig:
    """A function to inspect; `adam`: the form of Adam in the training step. Raises StudyError."""

    example: str = "train_step"
    adam: str = "fused"

    def __post_init__(self) -> None:
        _require("example", self.example, tuple(EXAMPLES))
        _require("adam", self.adam, tuple(ADAMS))


RUN_ID = r"[A-Za-z0-9_-]{1,32}"
SHIPPED = "shipped"
"""Stands for the shipped model in place of a run's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaliencyConfig:
    """A drawing, and the `digit` whose score's dependence on each pixel is wanted. Raises StudyError.

    `model` is the id of a run, or SHIPPED. `image` is uint8 (28, 28) as the network's input, 0 for paper, in base64.
    """

    model: str
    image: str
    digit: int

    def __post_init__(self) -> None:
        if not isinstance(self.model, str) or not re.fullmatch(RUN_ID, self.model):
            raise MisformedStudy("model", self.model, mark("the id of a run, or “shipped”"))
        if len(self.pixels) != SIDE * SIDE:
            raise MisformedStudy("image", self.image, mark("784 pixels of one byte each, in base64"))
        if isinstance(self.digit, bool) or not isinstance(self.digit, int) or not 0 <= self.digit < CLASSES:
            raise StudyError("digit", self.digit, (0, CLASSES - 1))

    @property
    def pixels(self) -> bytes:
        """The image's bytes, row by row; empty if it is no base64."""
        try:
            return base64.b64decode(self.image, validate=True)
        except (binascii.Error, TypeError, ValueError):
            return b""


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonConfig:
    """A lesson of the Tour with the values that its visitor chose; those left out are the lesson's own.

    `values`: pairs of a name and a value, in the lesson's order. Raises StudyError.
    """

    lesson: str
    values: tuple[tuple[str, Value], ...] = ()

    def __post_init__(self) -> None:
        _require("lesson", self.lesson, tuple(LESSONS))
        lesson, given = LESSONS[self.lesson], {name: value for name, value in self.values}  # noqa: C416 - pairs may be lists from JSON
        for name, value in given.items():
            if name not in lesson.varied:
                raise UnknownSetting(name)
            setting = lesson.varied[name].setting
            if not setting.allows(value):
                raise StudyError(name, value, setting.allowed)
        object.__setattr__(self, "values", tuple(lesson.values(given).items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportConfig:
    """The newest weights of the run with the id `model` as a file in this `format`. Raises StudyError.

    `language` is that of a file with words in it; leave it as it is for the others, so that all find the same file.
    """

    model: str
    format: str
    language: str = "en"

    def __post_init__(self) -> None:
        if not isinstance(self.model, str) or not re.fullmatch(RUN_ID, self.model):
            raise MisformedStudy("model", self.model, mark("the id of a run"))
        _require("format", self.format, tuple(FORMATS))
        _require("language", self.language, tuple(LANGUAGES))


StudyConfig = CompareConfig | AaConfig | RetraceConfig | XrayConfig | SaliencyConfig | LessonConfig | ExportConfig

SALIENCY = "saliency"
"""The kind of study with one per drawing: its visitor gets the answer at once, and nobody returns to it."""

TOUR = "tour"
"""The kind of study that is a lesson."""

EXPORT = "export"
"""The kind of study that makes a file to take away."""

KINDS: Mapping[str, type[StudyConfig]] = {
    "compare": CompareConfig,
    "compare_aa": AaConfig,
    "retrace": RetraceConfig,
    "xray": XrayConfig,
    SALIENCY: SaliencyConfig,
    TOUR: LessonConfig,
    EXPORT: ExportConfig,
}
"""Every kind of study by its name in the database."""


SHORT_KINDS = frozenset({"retrace", SALIENCY, "tour", EXPORT})
"""Kinds of study that take seconds, and do not wait behind a training (`lib.core.jobs.placing`)."""

UNDISTURBED_KINDS = frozenset({"compare", "compare_aa"})
"""Kinds of study that measure times, and have their machine to themselves meanwhile."""


def study_kind(config: StudyConfig) -> str:
    """The name of the study's kind."""
    return next(kind for kind, cls in KINDS.items() if isinstance(config, cls))


def study_to_dict(config: StudyConfig) -> dict[str, Any]:
    """Plain values for JSON; a comparison also has the scheme of its mode names."""
    plain: dict[str, Any] = to_plain(config)
    return plain | ({"scheme": SCHEME} if isinstance(config, CompareConfig) else {})


def study_from_dict(kind: str, plain: Mapping[str, Any]) -> StudyConfig:
    """The study that `study_to_dict` wrote; fields that this version does not have are ignored.

    The study checks its own values, and its error says what would be right. The modes of an older comparison get
    today's names, see `lib.core.studies.modes.OLD_NAMES`. Raises StudyError for a value, or a kind, that this version
    refuses.
    """
    _require("kind", kind, tuple(KINDS))
    cls: Any = KINDS[kind]
    known = {field.name for field in fields(cls)}
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()}
    if kind == "compare" and "scheme" not in plain:
        values |= _modes_of_old(values)
    made: StudyConfig = cls(**{name: value for name, value in values.items() if name in known})
    return made


def _modes_of_old(values: Mapping[str, Any]) -> dict[str, Any]:
    """The modes of a comparison from before there were schemes, by today's names."""
    work, modes = WORKS.get(str(values.get("work", "train_step"))), values.get("modes", ())
    if work is None or not work.trains or not isinstance(modes, tuple):
        return {}
    every = modes or ("eager", "graph", "xla", "session", "fit", "loop", "loop_xla")
    return {"modes": tuple(OLD_NAMES.get(mode, mode) if isinstance(mode, str) else mode for mode in every)}
