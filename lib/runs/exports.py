"""Exported files, kept beside the weights, in a folder or behind any fsspec URL (TF2LAB_ARTIFACTS)."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

from lib.core.errors import AppError
from lib.core.i18n import mark
from lib.runs import artifacts
from lib.runs.artifacts import ArtifactRefused
from lib.runs.model import storage

(FOLDER,) = artifacts.FOLDERS


class ExportLost(AppError):
    """The file no longer exists, or its content differs from what was checked."""

    template = mark("The file is no longer there, or it is damaged: it is not handed out. Make it again.")


def keep(file: Path, run_id: str, step: int) -> tuple[str, str]:
    """Stores a copy of the file atomically; returns its path and its SHA-256. Raises ArtifactRefused."""
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    try:
        with storage.failures():
            return _put(file, run_id, step), sha256
    except OSError as error:
        raise ArtifactRefused(error.errno, f"no export of run {run_id} written: {error}") from error


def _put(file: Path, run_id: str, step: int) -> str:
    """Writes the copy, then renames it; returns its path."""
    files, place = artifacts.place()
    files.makedirs(f"{place}/{FOLDER}", exist_ok=True)
    path = f"{place}/{FOLDER}/{run_id}-{step}-{secrets.token_hex(4)}{file.suffix}"
    unfinished = f"{path}.part"
    try:
        files.put_file(str(file), unfinished)
        files.mv(unfinished, path)
    except BaseException:
        artifacts.remove(files.unstrip_protocol(unfinished))
        raise
    return str(files.unstrip_protocol(path))


def is_there(path: str, size: int) -> bool:
    """Whether the file still exists with this size; only `read` looks at its content."""
    try:
        with storage.failures():
            return bool(artifacts.at_its_place(path, lambda files, place: files.info(place)["size"]) == size)
    except OSError:
        return False


def read(path: str, sha256: str) -> bytes:
    """The content of a stored file. Raises ExportLost."""
    try:
        with storage.failures():
            data: bytes = artifacts.at_its_place(path, lambda files, place: files.cat_file(place))
    except OSError as error:
        raise ExportLost(f"{path} cannot be read: {error}") from error
    if (found := hashlib.sha256(data).hexdigest()) != sha256:
        raise ExportLost(f"{path} has SHA-256 {found}, not {sha256}")
    return data
