"""Weights as files: one .npz a checkpoint, never pickle, in a folder or behind any fsspec URL (TF2LAB_ARTIFACTS)."""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import fsspec
import numpy as np
from numpy.typing import NDArray

from lib.core.place import home

Weights = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """Stored weights: where they lie, what the file's SHA-256 was, and after which step they were taken."""

    step: int
    path: str
    sha256: str


class ArtifactMissing(Exception):
    """The file is gone: a newer checkpoint replaced it, or somebody removed it."""


class ArtifactDamaged(Exception):
    """The file is not what was written."""


def write(run_id: str, step: int, weights: Weights) -> Artifact:
    """Stores the weights so that no reader ever sees half a file. Raises OSError where the place refuses."""
    data = _npz(weights)
    files, folder = _place()
    # Never the same name twice: whoever still reads the file before, or writes it by mistake, touches another one.
    path = f"{folder}/{run_id}-{step}-{secrets.token_hex(4)}.npz"
    unfinished = f"{path}.part"
    try:
        files.pipe_file(unfinished, data)
        files.mv(unfinished, path)
    except OSError:
        if files.exists(unfinished):
            files.rm_file(unfinished)
        raise
    return Artifact(step=step, path=files.unstrip_protocol(path), sha256=hashlib.sha256(data).hexdigest())


def read(artifact: Artifact) -> dict[str, NDArray[np.generic]]:
    """The weights by name. Raises ArtifactMissing or ArtifactDamaged."""
    files, path = fsspec.core.url_to_fs(artifact.path)
    try:
        data: bytes = files.cat_file(path)
    except FileNotFoundError:
        raise ArtifactMissing(f"{artifact.path} does not exist") from None
    found = hashlib.sha256(data).hexdigest()
    if found != artifact.sha256:
        raise ArtifactDamaged(f"{artifact.path} has SHA-256 {found}, not {artifact.sha256}")
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return dict(arrays)


def remove(artifact: Artifact) -> None:
    """Deletes the file if it is still there."""
    files, path = fsspec.core.url_to_fs(artifact.path)
    if files.exists(path):
        files.rm_file(path)


def _npz(weights: Weights) -> bytes:
    """What `np.savez` writes; its arguments would leave no array the name "file"."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in weights.items():
            with archive.open(f"{name}.npy", "w") as file:
                np.lib.format.write_array(file, np.asanyarray(array), allow_pickle=False)
    return buffer.getvalue()


def _place() -> tuple[Any, str]:
    files, folder = fsspec.core.url_to_fs(os.environ.get("TF2LAB_ARTIFACTS") or str(home() / "weights"))
    files.makedirs(folder, exist_ok=True)
    return files, folder.rstrip("/")
