"""Keeps processes running: starts each, starts it anew when it has ended, and ends all of them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOOK_SECONDS = 0.2
AGAIN_SECONDS = 2.0
"""A process that ends again and again is started so seldom."""
PATIENCE_SECONDS = 10.0
"""How long a process may take to end before it is killed; a member of the cluster needs less."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A process of the cluster: a Python module with its arguments, and what its environment has besides ours."""

    name: str
    module: str
    arguments: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    def start(self, log: Path) -> subprocess.Popen[bytes]:
        with log.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "lib.cluster.member", self.module, *self.arguments],
                cwd=ROOT,
                env=os.environ | dict(self.environment),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                # Ctrl+C in the terminal reaches only the supervisor, which ends its members in order.
                start_new_session=True,
            )


class Supervisor:
    """The members' processes, with one log file each in `folder`. As a context manager it ends them."""

    def __init__(self, members: Sequence[Member], folder: Path, say: Callable[[str], None]) -> None:
        self._members, self._folder, self._say = members, folder, say
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._started: dict[str, float] = {}

    def __enter__(self) -> Supervisor:
        for member in self._members:
            self._start(member)
        return self

    def __exit__(self, *error: object) -> None:
        for process in reversed(self._running.values()):
            if process.stdin:
                process.stdin.close()
        for process in self._running.values():
            try:
                process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def watch(self, is_over: threading.Event) -> None:
        """Starts ended members anew until `is_over`."""
        while not is_over.wait(LOOK_SECONDS):
            for member in self._members:
                code = self._running[member.name].poll()
                if code is not None and time.monotonic() > self._started[member.name] + AGAIN_SECONDS:
                    self._say(f"{member.name} ended with {code} and is started anew; its log: {self._log(member)}")
                    self._start(member)

    def process_id(self, name: str) -> int:
        """The id of this member's process."""
        return self._running[name].pid

    def _start(self, member: Member) -> None:
        self._running[member.name] = member.start(self._log(member))
        self._started[member.name] = time.monotonic()

    def _log(self, member: Member) -> Path:
        return self._folder / f"{member.name}.log"
