"""A run as one file that comes back identical: settings, all events, every step, the weights, and checksums.

    manifest.json   what the run is: settings, name, scheme of random numbers, device, versions, when it was created
    events.jsonl    its events in their order, one JSON object a line: {"event": kind, "fields": {…}}
    steps.npz       losses and accuracies of all steps, float32, as they were stored; and the calls that made them
    weights.npz     the newest weights, by layer and name; missing if they are not kept any more
    state.npz       what is needed to go on from these weights; only for a run that was not over
    SHA256SUMS      the checksums of all others, which `sha256sum -c` reads

It is a zip file, not compressed and without times, so that the same run gives the same bytes. Identity: an archive that
was read and is written again is the same file, byte for byte. In a store a run keeps the `origin` of its archive, so
this holds there too; only its id and its owner are new.

A run that is not over is archived as one that was stopped after its last recorded step.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np

from lib.core.codec import to_json
from lib.core.data.arrays import Arrays, pack, to_npz
from lib.core.i18n import mark
from lib.core.incoming import FileError
from lib.core.seeds import SCHEME
from lib.core.training.architectures import weight_shapes
from lib.core.training.config import TrainConfig
from lib.core.training.events import Checkpoint, Event, Progress, Started
from lib.core.untrusted import beginning

FORMAT, VERSION = "tf2lab-run", 1
LARGEST = 64 * 2**20
"""Most bytes of an archive, packed and unpacked: the notes' network with Adam's state takes 33 MB."""
MANIFEST, EVENTS, STEPS, WEIGHTS, STATE, SUMS = (
    "manifest.json", "events.jsonl", "steps.npz", "weights.npz", "state.npz", "SHA256SUMS"
)  # fmt: skip
NEEDED, MAY_BE = (MANIFEST, EVENTS, STEPS, SUMS), (WEIGHTS, STATE)
STEP_ARRAYS: Mapping[str, str] = {
    "losses": "<f4", "accuracies": "<f4", "steps_per_call": "<i8", "images_per_second": "<f8"
}  # fmt: skip
"""The arrays in STEPS: one value for each step, and one for each call, whose steps were recorded together."""

SENTENCES: Mapping[str, str] = {
    "large": mark("The archive would take {given} MB: archives of runs take at most {most} MB."),
    "damaged": mark("This is no archive of a run, or it is damaged."),
    "format": mark("This is no archive of a run: its format is {given}, not {format}."),
    "version": mark("This archive is of version {given}, and this app reads version {known}."),
    "missing": mark("The archive holds no {given}: a run's archive holds {needed}."),
    "unknown": mark("The archive holds {given}, which belongs to no run's archive."),
    "sum": mark("The archive was changed after it was written: {given} is not what its SHA-256 in SHA256SUMS says."),
    "settings": mark("The settings in the archive cannot be used. {given}"),
    "weights": mark("The weights in the archive do not fit its settings: {given}."),
    "unread": mark("This run has settings that this version does not know, so it cannot be archived: {given}."),
    "gap": mark("The recorded steps of this run have a gap after step {given}, so it cannot be archived."),
}


class ArchiveError(FileError):
    """An archive that cannot be read or written; `code` is one of SENTENCES, `given` what is wrong."""

    def __init__(self, code: str, given: object = "") -> None:
        self.code = code
        said = given if isinstance(given, Exception) else beginning(given)
        super().__init__(
            SENTENCES[code], given=said, most=LARGEST // 2**20, format=FORMAT, known=VERSION, needed=", ".join(NEEDED)
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunArchive:
    """Everything of a run that is over, or counts as stopped.

    `origin` is the id of the run that was trained, `base` that of the run whose weights it began with ('' for none),
    `scheme` how its random numbers were drawn, `guess` the accuracy that its visitor expected. `ended_at` is None if
    the run was not over. `progress` has all steps from 1 on, without gaps. `weights` are the newest ones.
    """

    origin: str
    config: TrainConfig
    scheme: int = SCHEME
    name: str = ""
    base: str = ""
    guess: float | None = None
    created_at: datetime
    ended_at: datetime | None = None
    events: Sequence[Event] = field(repr=False)
    progress: Sequence[Progress] = field(repr=False)
    weights: Checkpoint | None = field(repr=False, default=None)

    @property
    def last_step(self) -> int:
        """The last recorded step; 0 without any."""
        return self.progress[-1].last_step if self.progress else 0

    @property
    def started(self) -> Started | None:
        """The newest start, which names the device and the versions; None for a run that never started."""
        return next((event for event in reversed(self.events) if isinstance(event, Started)), None)


def weights_fit(config: TrainConfig) -> bool:
    """Whether the weights of such a network leave room in an archive for everything else."""
    return 4 * sum(int(np.prod(shape)) for shape in weight_shapes(config).values()) <= LARGEST - 2**22


def write_archive(run: RunArchive) -> bytes:
    """The archive. Raises ArchiveError if it would be larger than LARGEST, or if steps are missing."""
    members = {MANIFEST: manifest(run), EVENTS: lines(run.events), STEPS: to_npz(step_arrays(run.progress))}
    if run.weights:
        members[WEIGHTS] = to_npz(run.weights.weights)
    if run.weights and run.weights.state:
        members[STATE] = to_npz(run.weights.state)
    data = pack(members | {SUMS: sums(members)})
    if len(data) > LARGEST:
        raise ArchiveError("large", f"{-(-len(data) // 2**20):,}")
    return data


def manifest(run: RunArchive) -> bytes:
    """The manifest as JSON."""
    started = run.started
    about = {
        "format": FORMAT,
        "version": VERSION,
        "origin": run.origin,
        "name": run.name,
        "settings": run.config.to_dict(),
        "scheme": run.scheme,
        "base": run.base,
        "guess": run.guess,
        "created": run.created_at.astimezone(UTC).isoformat(),
        "ended": run.ended_at.astimezone(UTC).isoformat() if run.ended_at else None,
        "steps": run.last_step,
        "weights_step": run.weights.step if run.weights else None,
        "device": started.device if started else None,
        "versions": dict(started.versions) if started else {},
    }
    return (json.dumps(about, indent=2, allow_nan=False) + "\n").encode("ascii")


def lines(events: Sequence[Event]) -> bytes:
    """One line for each event, which a database keeps in the same words."""
    texts = (f'{{"event": "{type(event).__name__}", "fields": {to_json(event)}}}\n' for event in events)
    return "".join(texts).encode("ascii")


def step_arrays(chunks: Sequence[Progress]) -> Arrays:
    """The arrays of STEP_ARRAYS. Raises ArchiveError if a step is missing."""
    last = 0
    for chunk in chunks:
        if chunk.first_step != last + 1:
            raise ArchiveError("gap", last)
        last = chunk.last_step
    columns: dict[str, list[Any]] = {
        "losses": [chunk.losses for chunk in chunks],
        "accuracies": [chunk.accuracies for chunk in chunks],
        "steps_per_call": [[len(chunk.losses)] for chunk in chunks],
        "images_per_second": [[chunk.images_per_second] for chunk in chunks],
    }
    return {
        name: np.concatenate([np.zeros(0, dtype), *(np.asarray(part, dtype) for part in columns[name])])
        for name, dtype in STEP_ARRAYS.items()
    }


def sums(members: Mapping[str, bytes]) -> bytes:
    """SHA256SUMS of these members."""
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in members.items()).encode("ascii")
