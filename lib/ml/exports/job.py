"""An export from beginning to end: one process makes the file, a fresh one opens and checks it.

Both give way to everything else on the machine, and end when their time is over or a stop is requested.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from lib.core.codec import from_json
from lib.core.exports.figures import ExportFailed, Figures, passes
from lib.core.studies.events import Exported, Exporting
from lib.core.training.control import ControlRequests
from lib.ml.exports.parcel import ANSWER, Parcel, file_in, refusal_in

ROOT = Path(__file__).parents[3]
PATIENCE = 300.0
"""Seconds that each of the two processes may take: usually it is about five, on a busy machine a minute."""
LOOK_SECONDS, TELL_SECONDS = 0.05, 1.0
SILENT = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "PYTHONUNBUFFERED": "1"}
"""The processes keep off a GPU, whose memory the worker holds."""


Keep = Callable[[Path], tuple[str, str]]
"""Keeps a copy of a file; returns where, and its SHA-256."""

Steps = Generator[Exporting, ControlRequests | None, Exported | None]


def export(parcel: Parcel, keep: Keep, patience: float = PATIENCE) -> Steps:
    """Yields its progress, and returns what came of it; None if a stop was requested.

    Only a file that says what the app says is given to `keep`; otherwise the result has no path. Raises ExportFailed.
    """
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="tf2lab-export-") as name:
        folder = Path(name)
        parcel.write(folder)
        for stage, reason in (("make", "export_failed"), ("check", "export_unreadable")):
            if not (yield from watched(stage, reason, folder, begun, patience)):
                return None
        file, figures = file_in(folder, parcel.format), from_json(Figures, (folder / ANSWER).read_text("utf-8"))
        seconds = time.perf_counter() - begun
        path, sha256 = keep(file) if passes(figures, parcel.format) else ("", "")
        return Exported(
            format=parcel.code,
            step=parcel.step,
            size=file.stat().st_size,
            seconds=seconds,
            path=path,
            sha256=sha256,
            **asdict(figures),
        )


def watched(
    stage: str, reason: str, folder: Path, begun: float, patience: float
) -> Generator[Exporting, ControlRequests | None, bool]:
    """Follows one of the two processes to its end; False if a stop was requested. Raises ExportFailed."""
    with process_of(stage, folder) as process:
        deadline, told = time.perf_counter() + patience, 0.0
        while process.poll() is None:
            now = time.perf_counter()
            if now > deadline:
                raise ExportFailed("export_slow", f"{stage} took more than {patience:g} s")
            if now - told > TELL_SECONDS:
                told = now
                requests = yield Exporting(stage=stage, seconds=round(now - begun, 1))
                if requests and requests.stop:
                    return False
            time.sleep(LOOK_SECONDS)
    if process.returncode:
        said = log_of(stage, folder).read_text("utf-8", "replace")[-4000:]
        raise ExportFailed(refusal_in(folder) or reason, f"{stage} ended with {process.returncode}: {said}")
    return True


@contextmanager
def process_of(stage: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The process of this stage, which outlives neither the block nor this process."""
    command = [sys.executable, "-m", f"lib.ml.exports.{stage}", str(folder)]
    with log_of(stage, folder).open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | SILENT, stdin=subprocess.PIPE, stdout=log, stderr=log
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


def log_of(stage: str, folder: Path) -> Path:
    """What the process says."""
    return folder / f"{stage}.log"
