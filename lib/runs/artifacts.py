"""Weights as files: one .npz per checkpoint, never pickle, in a folder or behind any fsspec URL (TF2LAB_ARTIFACTS).

Its members are named weights/… and state/…; files of older versions hold the weights alone, without a prefix.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import secrets
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from lib.core.errors import AppError, WeightsError
from lib.core.i18n import mark
from lib.core.paths import home
from lib.core.training.events import Checkpoint
from lib.runs.model import storage
from lib.runs.model.health import weights_code

logger = logging.getLogger(__name__)

Arrays = dict[str, NDArray[np.generic]]
T = TypeVar("T")

WEIGHTS, STATE = "weights/", "state/"
FOLDERS = ("exports",)
"""Folders within the place for weights."""
READ_ERRORS = (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError)
"""Errors of the zip and array readers on arbitrary bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A stored checkpoint: its file's path and SHA-256, and the step after which it was taken.

    `weights_sha256` covers the weights alone; it is only set if the file holds more.
    """

    step: int
    path: str
    sha256: str
    weights_sha256: str | None = None


class ArtifactMissing(WeightsError):
    """The file no longer exists: a newer checkpoint replaced it, or someone removed it."""

    reason = "checkpoint_lost"
    template = mark("The file with the weights of this run is missing on the server. Choose another model.")


class ArtifactDamaged(WeightsError):
    """The file's content differs from what was written."""

    template = mark("The file with the weights of this run is damaged, so it is not used. Choose another model.")


class ArtifactUnreachable(WeightsError):
    """The storage does not answer: the file may be there later."""

    reason = code = "weights_unreachable"
    template = mark("The place where the weights of this run lie does not answer at the moment. Try again later.")


class ArtifactRefused(AppError, OSError):
    """The file cannot be written: the storage is full, read-only or unreachable (`errno` and `reason` say which)."""

    def __init__(self, number: int | None, detail: str) -> None:
        OSError.__init__(self, number, detail)
        self.values, self.detail, self.reason = {}, str(self), weights_code(self)


def write(run_id: str, checkpoint: Checkpoint) -> Artifact:
    """Stores the checkpoint atomically: no reader sees a partial file. Raises ArtifactRefused."""
    try:
        with storage.failures():
            return _write(run_id, checkpoint)
    except OSError as error:
        raise ArtifactRefused(error.errno, f"no weights of run {run_id} written: {error}") from error


def _write(run_id: str, checkpoint: Checkpoint) -> Artifact:
    files, folder = place()
    # Names are never reused: whoever still reads the old file, or writes it by mistake, touches another one.
    path = f"{folder}/{run_id}-{checkpoint.step}-{secrets.token_hex(4)}.npz"
    sha256, weights_sha256 = _put(files, path, checkpoint)
    return Artifact(
        step=checkpoint.step,
        path=files.unstrip_protocol(path),
        sha256=sha256,
        weights_sha256=weights_sha256,
    )


def read(artifact: Artifact) -> Checkpoint:
    """The whole content of the file. Raises ArtifactMissing, ArtifactDamaged or ArtifactUnreachable."""
    with _reading(artifact):
        data: bytes = at_its_place(artifact.path, lambda files, path: files.cat_file(path))
    _compare(artifact, hashlib.sha256(data).hexdigest(), artifact.sha256)
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        members: Arrays = dict(arrays)
    weights = {name.removeprefix(WEIGHTS): array for name, array in members.items() if not name.startswith(STATE)}
    state = {name.removeprefix(STATE): array for name, array in members.items() if name.startswith(STATE)}
    return Checkpoint(step=artifact.step, weights=weights, state=state)


def read_weights(artifact: Artifact) -> Checkpoint:
    """The weights alone, without reading the rest of the file. Raises as `read` does."""
    if artifact.weights_sha256 is None:
        return Checkpoint(step=artifact.step, weights=read(artifact).weights)
    with _reading(artifact):
        members = at_its_place(artifact.path, _weights_members)
    found = _digest({name: hashlib.sha256(data).hexdigest() for name, data in members.items()})
    _compare(artifact, found, artifact.weights_sha256)
    weights: Arrays = {
        name.removeprefix(WEIGHTS).removesuffix(".npy"): np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
        for name, data in members.items()
    }
    return Checkpoint(step=artifact.step, weights=weights)


@contextmanager
def _reading(artifact: Artifact) -> Iterator[None]:
    """A block that reads the file: what goes wrong is an error of ours."""
    try:
        with storage.failures():
            yield
    except FileNotFoundError:
        raise ArtifactMissing(f"{artifact.path} does not exist") from None
    except OSError as error:
        raise ArtifactUnreachable(f"{artifact.path} cannot be read: {error}") from error
    except READ_ERRORS as error:
        raise ArtifactDamaged(f"{artifact.path} cannot be read: {error}") from error


def at_its_place(path: str, read: Callable[[Any, str], T]) -> T:
    """What `read(files, path)` returns for a stored file, where it was written or else where it would be now.

    A server that was moved, or restored from a backup, has another folder; names are never reused. Raises what `read`
    raises, FileNotFoundError if the file is at neither place.
    """
    files, then = storage.files_at(path)
    try:
        return read(files, then)
    except FileNotFoundError:
        files, folder = place()
        inner = "/".join(part for part in then.split("/")[-2:-1] if part in FOLDERS)
        today = "/".join(filter(None, (folder, inner, then.rpartition("/")[2])))
        if today == then:
            raise
        return read(files, today)


def remove(path: str) -> None:
    """Deletes the file if it exists and its storage allows it."""
    with suppress(OSError), storage.failures():  # a file left behind costs space, not a run
        at_its_place(path, _remove)


def _remove(files: Any, path: str) -> None:
    if not files.exists(path):
        raise FileNotFoundError(path)
    files.rm_file(path)


def sweep(run_id: str, keep: Collection[str]) -> None:
    """Deletes files of this run whose names are not in `keep`: a killed worker leaves unfinished files."""
    needed = {path.rpartition("/")[2] for path in keep}
    try:
        with storage.failures():
            files, folder = place()
            there = files.ls(folder, detail=False)
    except OSError as error:  # a file left behind costs space, not a run
        logger.warning("nothing swept: %s", error)
        return
    for found in there:
        name = found.rpartition("/")[2]
        # An id may contain hyphens; the parts after it do not.
        if name.startswith(f"{run_id}-") and name.count("-") == run_id.count("-") + 2 and name not in needed:
            remove(files.unstrip_protocol(found))


def size_of(checkpoint: Checkpoint) -> int:
    """The approximate size of its file in bytes."""
    return sum(array.nbytes for array in (*checkpoint.weights.values(), *checkpoint.state.values()))


def total_size() -> int:
    """The bytes of all files in the weights folder, exports included. Raises OSError."""
    files, folder = place()
    return int(files.du(folder))


def try_place(size: int) -> None:
    """Writes a file of `size` bytes into the weights folder and removes it. Raises OSError if that fails."""
    with storage.failures():
        files, folder = place()
        path = files.unstrip_protocol(f"{folder}/trial-{secrets.token_hex(4)}")
        try:
            files.pipe_file(path, bytes(size))
        finally:
            remove(path)


def _put(files: Any, path: str, checkpoint: Checkpoint) -> tuple[str, str | None]:
    """Writes the file, then renames it; returns the SHA-256 of the file and, if it holds more, of its weights."""
    unfinished = f"{path}.part"
    try:
        with files.open(unfinished, "wb") as file:
            passing = _Passing(file)
            weights_sha256 = _write_npz(passing, checkpoint)
        files.mv(unfinished, path)
    except BaseException:
        remove(files.unstrip_protocol(unfinished))
        raise
    return passing.digest.hexdigest(), weights_sha256


class _Passing:
    """A write-only stream that hashes the data on the way, without a copy."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.digest = file, hashlib.sha256()

    def write(self, data: bytes | memoryview) -> int:
        self.digest.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()


def _compare(artifact: Artifact, found: str, expected: str) -> None:
    if found != expected:
        raise ArtifactDamaged(f"{artifact.path} has SHA-256 {found}, not {expected}")


def _weights_members(files: Any, path: str) -> dict[str, bytes]:
    with files.open(path, "rb") as file, zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.startswith(WEIGHTS)}


def _digest(members: Mapping[str, str]) -> str:
    """One SHA-256 for the members' hashes with their names."""
    return hashlib.sha256("".join(f"{name}:{sha256}\n" for name, sha256 in members.items()).encode()).hexdigest()


def _write_npz(file: Any, checkpoint: Checkpoint) -> str | None:
    """Writes the same format as `np.savez`, which does not allow an array named "file".

    Returns the SHA-256 of the weights if the file holds more than them: a reader of the weights can then skip the rest.
    """
    digests = {}
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in checkpoint.weights.items():
            member = f"{WEIGHTS}{name}.npy"
            with archive.open(member, "w") as part:
                passing = _Passing(part) if checkpoint.state else None
                _write_npy(passing or part, name, array)
            if passing:
                digests[member] = passing.digest.hexdigest()
        for name, array in checkpoint.state.items():
            with archive.open(f"{STATE}{name}.npy", "w") as part:
                _write_npy(part, name, array)
    return _digest(digests) if digests else None


def _write_npy(part: Any, name: str, array: NDArray[np.generic]) -> None:
    """Writes an array as `np.save` would, without an intermediate copy."""
    if array.dtype.hasobject:
        raise ValueError(f"{name}: Object arrays would be pickled")
    flat = np.asarray(array, order="C")
    np.lib.format.write_array_header_1_0(part, np.lib.format.header_data_from_array_1_0(flat))
    part.write(flat.reshape(-1).view(np.uint8).data)


def place() -> tuple[Any, str]:
    """The file system and the folder for weights, which is made if it is missing."""
    files, folder = storage.files_at(os.environ.get("TF2LAB_ARTIFACTS") or str(home() / "weights"))
    files.makedirs(folder, exist_ok=True)
    return files, folder.rstrip("/")
