"""Comparisons as files: JSON with everything needed to repeat them, CSV of the samples, recorded reference results.

A file stores the config and the events. It also has the statistics for readers, but loading computes them anew.
"""

from __future__ import annotations

import csv
import functools
import hashlib
import io
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_args

from lib.core.benchmark.comparison import Comparison, ComparisonEvent, Ratio, comparison_of
from lib.core.benchmark.timings import Timing, per_step
from lib.core.codec import Misfit, from_plain, to_plain
from lib.core.i18n import mark
from lib.core.incoming import FileError, take_in_json
from lib.core.studies.configs import CompareConfig, StudyError, study_from_dict, study_to_dict
from lib.core.studies.events import Prepared, Sampled, Shortcut, Warmed
from lib.core.untrusted import beginning

FORMAT, SCHEMA = "tf2lab-comparison", 2
READ = (1, 2)
"""Schemas that can be read. In schema 1 some modes with Keras' Adam had names that mean another Adam today: see
`lib.core.studies.modes.OLD_NAMES`."""
REFERENCES = Path(__file__).parent / "references"

UNITS = {
    "events": "times in nanoseconds for all the steps of a sample, memory in bytes",
    "statistics": "milliseconds per step; tracing, first, compiling, beforehand in seconds; a ratio is mode / other, "
    "null no bound",
}

KINDS: Mapping[str, type] = {kind.__name__: kind for kind in get_args(ComparisonEvent)}
COLUMNS = (
    "work",
    "size",
    "mode",
    "round",
    "place",
    "counts",
    "steps",
    "start_ns",
    "time_ns",
    "ms_per_step",
    "block",
    "disturbed",
)


class ComparisonFileError(FileError):
    """A file that is no comparison of this app."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A result recorded on a named machine (`comparison.began.machine`); `name` is the file's name."""

    name: str
    comparison: Comparison


def to_json(comparison: Comparison, guess: float | None = None) -> str:
    """Strict JSON: config, machine, versions, every raw sample, and the statistics computed from them.

    `guess` is the ratio that the visitor guessed beforehand. `sha256` is the `digest` of everything else.
    """
    content: dict[str, Any] = {
        "format": FORMAT,
        "schema": SCHEMA,
        "units": UNITS,
        "config": study_to_dict(comparison.config),
        "guess": guess,
        "statistics": _statistics(comparison),
        "events": [{"event": type(event).__name__, **to_plain(event)} for event in comparison.events],
    }
    return json.dumps(content | {SUM: digest(content)}, allow_nan=False, ensure_ascii=False)


SUM = "sha256"
"""The field with the digest of all others."""


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal digits, of all fields except SUM in a canonical form.

    The form is UTF-8 JSON with sorted names, without spaces, with numbers as Python writes them. A file that another
    program reads and writes unchanged has the same digest.
    """
    plain = {name: value for name, value in content.items() if name != SUM}
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()


def _statistics(comparison: Comparison) -> dict[str, Any]:
    sizes = [
        {
            "size": size,
            "timings": [_timing(timing) for timing in comparison.at(size)],
            "ratios": [_ratio(ratio) for ratio in comparison.ratios(size)],
        }
        for size in comparison.config.sizes
    ]
    return {"done": comparison.done, "busy": comparison.busy, "sizes": sizes}


def _timing(timing: Timing) -> dict[str, Any]:
    """All fields that the events do not already contain."""
    return {name: _bound(value) for name, value in _fields(timing).items() if name not in ("size", "agreed", "warm_up")}


def _ratio(ratio: Ratio) -> dict[str, Any]:
    return {name: _bound(value) for name, value in _fields(ratio).items() if name != "size"}


def _fields(value: Timing | Ratio) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _bound(value: Any) -> Any:
    """None for an interval without an upper bound."""
    return None if value == math.inf else value


def from_json(data: bytes, name: str) -> Comparison:
    """The comparison in a file of this name, with its statistics computed anew from the samples. Raises FileError.

    `data` are the bytes of a `to_json` file, in any encoding of JSON.
    """
    content = take_in_json(data, name)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ComparisonFileError(mark("This is no comparison of this app: its format is not {format}."), format=FORMAT)
    if content.get("schema") not in READ:
        raise ComparisonFileError(
            mark("This comparison is of version {version}, and this app reads version {known}."),
            version=beginning(content.get("schema")),
            known=SCHEMA,
        )
    comparison = comparison_of(_config(content.get("config")), _events(content.get("events")))
    if SUM in content and not _is_unchanged(content):  # files of older versions have none
        raise ComparisonFileError(
            mark("This file was changed after it was written: its content is not that of its SHA-256.")
        )
    return comparison


def _is_unchanged(content: Mapping[str, Any]) -> bool:
    try:
        return bool(content[SUM] == digest(content))
    except (RecursionError, ValueError):  # deeper nesting, or longer numbers, than this app ever writes
        return False


def _config(plain: object) -> CompareConfig:
    try:
        config = study_from_dict("compare", plain)  # type: ignore[arg-type]  # a file can hold anything
    except StudyError as error:
        raise ComparisonFileError(mark("The comparison cannot be read: {why}"), why=error) from error
    except (TypeError, AttributeError) as error:
        raise _damaged("config", plain) from error
    assert isinstance(config, CompareConfig)
    return config


def _events(plain: object) -> list[ComparisonEvent]:
    if not isinstance(plain, list):
        raise _damaged("events", plain)
    events = [_event(number, one) for number, one in enumerate(plain)]
    prepared = {(event.size, event.mode) for event in events if isinstance(event, Prepared)}
    for number, event in enumerate(events):
        if isinstance(event, Sampled) and not prepared.issuperset((event.size, mode) for mode in event.modes):
            raise _damaged(f"events[{number}].modes", event.modes)
    return events


def _event(number: int, plain: object) -> ComparisonEvent:
    """The written event; fields that this version does not have are ignored."""
    where = f"events[{number}]"
    kind = KINDS.get(str(plain.get("event"))) if isinstance(plain, dict) else None
    if kind is None:
        raise _damaged(where, plain)
    try:
        event: ComparisonEvent = from_plain(kind, plain)
    except Misfit as misfit:
        raise _damaged(f"{where}.{misfit.name}" if misfit.name else where, misfit.value) from misfit
    if not _possible(event):
        raise _damaged(where, plain)
    return event


def _possible(event: ComparisonEvent) -> bool:
    """Whether times and steps are usable: above 0, and one for each mode."""
    match event:
        case Prepared():
            times = (event.tracing, event.first, *event.tracings, *event.firsts)
            return min(event.steps, event.first_steps) > 0 <= min(times) and len(event.tracings) == len(event.firsts)
        case Warmed():
            return event.steps > 0 and all(time > 0 for time in event.times)
        case Shortcut():
            return event.steps > 0 and all(time > 0 for time in event.block + event.unsynchronised)
        case Sampled():
            alike = len(event.modes) == len(event.times) == len(event.starts) > 0
            shares = 0 <= event.others <= 1 and 0 <= event.stolen <= 1
            return alike and shares and event.round > 0 <= event.planned and all(time > 0 for time in event.times)
    return True


def _damaged(where: str, value: object) -> ComparisonFileError:
    template = mark("The comparison cannot be read: {where} may not be {value}.")
    return ComparisonFileError(template, where=where, value=beginning(value))


def to_csv(comparison: Comparison) -> str:
    """One row per sample, in the order of measurement; `counts` is 0 if the mode traced again.

    `block` and `disturbed`, 0 or 1, are those of the whole round.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_rows(comparison))
    return text.getvalue()


def _rows(comparison: Comparison) -> Iterator[tuple[object, ...]]:
    steps = {(event.size, event.mode): event.steps for event in comparison.events if isinstance(event, Prepared)}
    for event in comparison.events:
        if not isinstance(event, Sampled):
            continue
        for place, (mode, start, time) in enumerate(zip(event.modes, event.starts, event.times, strict=True), 1):
            each, counts = steps[event.size, mode], int(mode not in event.void)
            about = (comparison.config.work, event.size, mode, event.round, place, counts)
            yield (*about, each, start, time, per_step(time, each), event.block, int(event.disturbed))


@functools.cache
def references() -> tuple[Reference, ...]:
    """Recorded results that ship with the app, by name; empty if there are none."""
    return tuple(
        Reference(path.stem, from_json(path.read_bytes(), path.name)) for path in sorted(REFERENCES.glob("*.json"))
    )
