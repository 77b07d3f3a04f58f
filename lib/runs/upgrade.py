"""Upgrades a visitor's code of TensorFlow 1, in a process that lives for one upgrade. Nothing of it is stored."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from lib.core.codec import Misfit, from_json
from lib.core.upgrade.refusals import MEGABYTES, SECONDS, UpgradeError, checked
from lib.core.upgrade.result import Answer, Upgraded

ROOT = Path(__file__).parents[2]
AT_A_TIME = threading.BoundedSemaphore(2)
"""Upgrades at a time; a third one waits for its turn."""
PATIENCE = 15
"""Seconds to wait for a turn. A process on a busy machine has three times as many as its processor time."""
OVERTIME = -getattr(signal, "SIGXCPU", 0), -getattr(signal, "SIGKILL", 0)
"""What a process ends with whose processor time is over."""
OUT_OF_MEMORY = b"MemoryError", b"Cannot allocate memory", b"failed to map segment"
"""What Python, the system and its loader say where memory is at its limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one upgrade may take: seconds of processor time and of waiting, and memory."""

    seconds: int = SECONDS
    patience: float = PATIENCE
    megabytes: int = MEGABYTES


def upgrade(text: str, limits: Limits = Limits()) -> Upgraded:
    """What TensorFlow's own tool makes of the text. Raises UpgradeError. Takes about half a second."""
    code = checked(text)
    if not AT_A_TIME.acquire(timeout=PATIENCE):
        raise UpgradeError("busy")
    try:
        answer = ask(code, limits)
    finally:
        AT_A_TIME.release()
    if answer.upgraded is None:
        raise UpgradeError(answer.refused, line=answer.line, near=answer.near)
    return answer.upgraded


def ask(code: str, limits: Limits) -> Answer:
    """The answer of a process of its own. Raises UpgradeError if it did not give one."""
    command = [sys.executable, "-B", "-m", "lib.ml.upgrade", str(limits.seconds), str(limits.megabytes)]
    try:
        done = subprocess.run(
            command, input=code.encode(), capture_output=True, cwd=ROOT, timeout=limits.patience, check=False
        )
    except subprocess.TimeoutExpired:
        raise UpgradeError("slow") from None
    try:
        return from_json(Answer, done.stdout.decode())
    except Misfit:
        raise UpgradeError(why_silent(done.returncode, done.stderr)) from None


def why_silent(ended_with: int, said: bytes) -> str:
    """Why a process gave no answer: a code of SENTENCES."""
    if ended_with in OVERTIME:
        return "slow"
    if any(words in said for words in OUT_OF_MEMORY):
        return "memory"
    return "deep" if ended_with < 0 else "tool"
