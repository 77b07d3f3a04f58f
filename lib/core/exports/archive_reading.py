"""Reads the archive of a run, which can come from anywhere: `read_archive` is the only way in.

Nothing in it is unpickled, and what it claims is checked before memory is taken for it: the zip file
(`lib.core.incoming`), the checksums, the settings, every event by its type and its values (`archive_events`), their
order, the steps, and the weights against the network in the settings.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, get_args

import numpy as np

from lib.core.codec import Misfit, from_plain
from lib.core.data.arrays import Arrays, from_npz
from lib.core.exports.archive import (
    EVENTS,
    FORMAT,
    LARGEST,
    MANIFEST,
    MAY_BE,
    NEEDED,
    STATE,
    STEP_ARRAYS,
    STEPS,
    SUMS,
    VERSION,
    WEIGHTS,
    ArchiveError,
    RunArchive,
)  # fmt: skip
from lib.core.exports.archive_events import MOST_LETTERS, MOST_STEPS, SHARE, TEXT, Misplaced, check_event, check_order
from lib.core.incoming import take_in, take_in_json, take_in_zip
from lib.core.seeds import SCHEME
from lib.core.training.architectures import weight_shapes
from lib.core.training.checkpoints import CheckpointMisfit, check_fit
from lib.core.training.config import TrainConfig, read_config
from lib.core.training.events import Checkpoint, Event, Progress, Snapshot
from lib.core.untrusted import beginning

KINDS: Mapping[str, type] = {
    kind.__name__: kind for kind in get_args(Event) if kind not in (Progress, Checkpoint, Snapshot)
}
"""The kinds of events in an archive by name; steps and weights are arrays of their own."""
RUN_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
SUM_LINE = re.compile(r"([0-9a-f]{64})  (\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The fields of MANIFEST that are read. `device` and `versions` are there for whoever opens the file."""

    origin: str
    scheme: int
    name: str
    base: str
    guess: float | None
    created: str
    ended: str | None
    weights_step: int | None


def read_archive(data: bytes, name: str) -> RunArchive:
    """The run in an archive, whose file has this name. Raises FileError for anything that is not one, to the last bit.

    Nothing is unpickled; what the archive claims is checked before memory is taken for it.
    """
    members = take_in_zip(data, name, most_members=len(NEEDED + MAY_BE) + 10, most_bytes=LARGEST)
    damaged = ArchiveError("damaged")
    return take_in(b"", lambda _nothing: read_members(members), most=LARGEST, large=damaged, damaged=damaged)


def read_members(members: Mapping[str, bytes]) -> RunArchive:
    """The run in the members of an archive."""
    check_members(members)
    plain = take_in_json(members[MANIFEST], MANIFEST)
    about, config = read_manifest(plain), read_settings(plain)
    progress = read_steps(from_npz(members[STEPS], STEPS, LARGEST))
    last_step = progress[-1].last_step if progress else 0
    return RunArchive(
        origin=about.origin,
        config=config,
        scheme=about.scheme,
        name=about.name,
        base=about.base,
        guess=about.guess,
        created_at=moment("created", about.created),
        ended_at=None if about.ended is None else moment("ended", about.ended),
        events=read_events(members[EVENTS], last_step),
        progress=progress,
        weights=read_weights(members, config, about.weights_step, last_step),
    )


def check_members(members: Mapping[str, bytes]) -> None:
    """Raises ArchiveError unless these are the members of an archive, with their checksums."""
    if missing := next((name for name in NEEDED if name not in members), None):
        raise ArchiveError("missing", missing)
    if unknown := next((name for name in members if name not in NEEDED + MAY_BE), None):
        raise ArchiveError("unknown", unknown)
    if STATE in members and WEIGHTS not in members:
        raise ArchiveError("missing", WEIGHTS)
    given = {found[2]: found[1] for found in SUM_LINE.finditer(members[SUMS].decode("ascii"))}
    for name, data in members.items():
        if name != SUMS and given.get(name) != hashlib.sha256(data).hexdigest():
            raise ArchiveError("sum", name)


def read_manifest(plain: Any) -> Manifest:
    """What the manifest says of the run, apart from its settings."""
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise ArchiveError("format", plain.get("format") if isinstance(plain, dict) else type(plain).__name__)
    if plain.get("version") != VERSION:
        raise ArchiveError("version", plain.get("version"))
    try:
        found = from_plain(Manifest, plain)
    except Misfit as misfit:
        raise misplaced(f"{MANIFEST}: {misfit.name}", misfit) from misfit
    for name, fits, right in (
        ("origin", bool(RUN_ID.fullmatch(found.origin)), RUN_ID.pattern),
        ("base", not found.base or bool(RUN_ID.fullmatch(found.base)), RUN_ID.pattern),
        ("name", is_name(found.name), TEXT.right),
        ("scheme", 1 <= found.scheme <= SCHEME, f"1 … {SCHEME}"),
        ("guess", found.guess is None or SHARE.fits(found.guess), SHARE.right),
    ):
        if not fits:
            raise Misplaced(f"{MANIFEST}: {name}", getattr(found, name), right)
    return found


def is_name(text: str) -> bool:
    """Whether a run can have this name: one line, in letters that a database can keep."""
    line = " ".join(text.split())
    return line == text and len(text) <= MOST_LETTERS and not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text)


def misplaced(where: str, misfit: Misfit) -> Misplaced:
    """The refusal of a value whose type is wrong."""
    right = re.sub(r" - at .*|, got .*", "", str(misfit))
    return Misplaced(where, misfit.value, beginning(right))


def moment(name: str, text: str) -> datetime:
    """A time in the manifest, in UTC."""
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None and 2000 <= found.year < 2200:
            return found.astimezone(UTC)
    except ValueError:
        pass
    raise Misplaced(f"{MANIFEST}: {name}", text, "2000-01-01T00:00:00+00:00 … 2199")


def read_settings(plain: Mapping[str, Any]) -> TrainConfig:
    """The run's settings. Those that an older version did not have are at their defaults."""
    given = plain.get("settings")
    if not isinstance(given, dict):
        raise Misplaced(f"{MANIFEST}: settings", given, "{…}")
    config, refused = read_config(given)
    if refused:
        raise ArchiveError("settings", refused[0])
    return config


def read_steps(arrays: Arrays) -> tuple[Progress, ...]:
    """The recorded steps, in the calls that made them."""
    for name, dtype in STEP_ARRAYS.items():
        array = arrays.get(name)
        if array is None or array.dtype != np.dtype(dtype) or array.ndim != 1 or len(array) > MOST_STEPS:
            raise Misplaced(f"{STEPS}: {name}", array, f"{np.dtype(dtype)} (≤ {MOST_STEPS:,},)")
    counts, speeds, count = arrays["steps_per_call"], arrays["images_per_second"], len(arrays["losses"])
    if len(arrays["accuracies"]) != count:
        raise Misplaced(f"{STEPS}: accuracies", arrays["accuracies"], f"float32 ({count},)")
    if len(speeds) != len(counts):
        raise Misplaced(f"{STEPS}: images_per_second", speeds, f"float64 ({len(counts)},)")
    if (len(counts) and not 1 <= counts.min() <= counts.max() <= count) or counts.sum() != count:
        raise Misplaced(f"{STEPS}: steps_per_call", counts[:9].tolist(), f"≥ 1, Σ = {count:,}")
    if not bool((np.isnan(speeds) | ((speeds >= 0) & (speeds < 1e12))).all()):
        raise Misplaced(f"{STEPS}: images_per_second", speeds[:9].tolist(), "NaN | 0 … 1e12")
    ends = np.cumsum(counts).tolist()
    return tuple(
        Progress(
            first_step=end - length + 1,
            losses=arrays["losses"][end - length : end],
            accuracies=arrays["accuracies"][end - length : end],
            images_per_second=speed,
        )
        for end, length, speed in zip(ends, counts.tolist(), speeds.tolist(), strict=True)
    )


def read_events(data: bytes, last_step: int) -> tuple[Event, ...]:
    """The events, in their order."""
    events = tuple(read_event(number, line) for number, line in enumerate(data.splitlines()))
    check_order(events, last_step)
    return events


def read_event(number: int, line: bytes) -> Event:
    """One event."""
    where = f"events[{number}]"
    plain = take_in_json(line, f"{EVENTS}, {number + 1}")
    kind = KINDS.get(str(plain.get("event"))) if isinstance(plain, dict) else None
    if kind is None or not isinstance(plain.get("fields"), dict):
        raise Misplaced(where, line[:100].decode("ascii", "replace"), " | ".join(KINDS))
    try:
        event: Event = from_plain(kind, plain["fields"])
    except Misfit as misfit:
        raise misplaced(f"{where}.{misfit.name}" if misfit.name else where, misfit) from misfit
    check_event(where, event)
    return event


def read_weights(
    members: Mapping[str, bytes], config: TrainConfig, step: int | None, last_step: int
) -> Checkpoint | None:
    """The weights, of the network in the settings; None if there are none."""
    if WEIGHTS not in members:
        return None
    if step is None or not 0 <= step <= last_step:
        raise Misplaced(f"{MANIFEST}: weights_step", step, f"0 … {last_step:,}")
    weights = from_npz(members[WEIGHTS], WEIGHTS, LARGEST)
    # Of an array of this shape, only its shape and its type are asked: it takes no memory.
    wanted = {name: np.broadcast_to(np.float32(0), shape) for name, shape in weight_shapes(config).items()}
    try:
        check_fit(WEIGHTS, weights, wanted)
    except CheckpointMisfit as misfit:
        raise ArchiveError("weights", misfit.detail) from misfit
    state = from_npz(members[STATE], STATE, LARGEST) if STATE in members else {}
    return Checkpoint(step=step, weights=weights, state=state)
