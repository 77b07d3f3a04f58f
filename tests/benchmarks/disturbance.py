"""Runs go on while processes of their server are killed or restarted, and every step that was seen is held to the end.

A run is right in the end if it has each step once, with the losses of an undisturbed run, and has ended by itself. What
anybody saw of it meanwhile must still be there, with the same numbers. A run whose worker died three times is given up
by design (`lib.runs.worker.attempt.MOST_DEATHS`): it is counted, and its curve is held to the same, but for the steps
after its last checkpoint.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

import psutil

from lib.core.training.config import TrainConfig
from lib.core.training.events import Failed
from lib.runs.db.store import Store
from lib.runs.model.run import Status
from tests.browser.serving import ROOT, Server
from tests.runs import light
from tests.waiting import until

OPEN = 4
"""So many runs are open at a time: two under way or about to be, and some that wait."""
LOOK_SECONDS = 0.05
SOON = 0.2
"""The share of disturbances that do not wait for a run to go on after the last one: a process dies at its start."""
LONG = 900.0
"""Seconds that the last runs may take on a busy machine."""

LIGHT = (TrainConfig(epochs=40, steps_per_call=10, patience=50),)
"""A training without TensorFlow: 2 s, a checkpoint every 0.1 s."""
REAL = tuple(TrainConfig(network="mlp", epochs=4, train_size=6400, steps_per_call=10, seed=seed) for seed in range(3))


class LightServer(Server):
    """A server without web pages, whose workers train without TensorFlow."""

    def start(self) -> None:
        """Starts the server and returns at once."""
        if hasattr(self, "process"):
            self.let_go()
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.runs.server"],
                cwd=ROOT,
                env=os.environ | self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        self.let_go()

    def let_go(self) -> None:
        """Closes what kept the last process waiting for its end."""
        if self.process.stdin:
            self.process.stdin.close()

    def answers(self) -> bool:
        return bool(part(self, "worker"))


def part(server: Server, role: str) -> list[psutil.Process]:
    """The server's processes of this role: 'web', 'engine' or 'worker'."""
    words = {"engine": "lib.runs.engine.cluster", "worker": "--multiprocessing-fork"}
    family = [process for process in server.family() if process.pid != server.process.pid]
    if role == "web":
        return [psutil.Process(server.process.pid)] if server.process.poll() is None else []
    return [process for process in family if words[role] in command_of(process)]


def command_of(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


@dataclass
class Watched:
    """The runs of a disturbance, and the loss of every step that was seen at any time, by run."""

    store: Store
    runs: list[str] = field(default_factory=list)
    seen: dict[str, dict[int, float]] = field(default_factory=dict)
    doubled: int = 0

    def begin(self, configs: Sequence[TrainConfig], number: int) -> None:
        """Starts new runs until `number` are open."""
        for _ in range(number - len(self.store.open_runs())):
            run_id = self.store.create_run(configs[len(self.runs) % len(configs)]).id
            self.runs.append(run_id)
            self.seen[run_id] = {}

    def look(self) -> None:
        """Sees every open run as it is recorded now."""
        for run in self.store.open_runs():
            if run.id in self.seen:
                self.seen[run.id].update(self.recorded(run.id))

    def recorded(self, run_id: str) -> dict[int, float]:
        """The loss of every recorded step; a step that is there twice is counted."""
        parts = self.store.progress(run_id)
        steps = [step for part in parts for step in range(part.first_step, part.last_step + 1)]
        losses = [float(loss) for part in parts for loss in part.losses]
        found = dict(zip(steps, losses, strict=True))
        self.doubled += len(steps) - len(found)
        return found

    def look_for(self, seconds: float) -> None:
        """Sees them for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.look()
            time.sleep(LOOK_SECONDS)

    def look_until_more(self) -> None:
        """Sees them until one of them has made a step."""
        before = {run.id: (run.step, run.worker) for run in self.store.open_runs()}

        def has_gone_on() -> bool:
            self.look()
            now = self.store.open_runs()
            return any(run.step and (run.step, run.worker) != before.get(run.id) for run in now) or not now

        until(has_gone_on, LONG)

    def is_over(self) -> bool:
        self.look()
        return not self.store.open_runs()


Expected = Callable[[TrainConfig, int], Sequence[float]]
"""The losses of an undisturbed run with these settings, up to this step."""


def light_losses(config: TrainConfig, step: int) -> Sequence[float]:
    return light.losses_up_to(step)


def undisturbed(store: Store, configs: Sequence[TrainConfig]) -> Expected:
    """Has each of the settings trained once, with nobody disturbing it."""
    runs = {config: store.create_run(config).id for config in configs}
    until(lambda: not store.open_runs(), LONG)
    assert all(store.run(run_id).status == Status.FINISHED for run_id in runs.values())
    losses = {
        config: [float(loss) for part in store.progress(run_id) for loss in part.losses]
        for config, run_id in runs.items()
    }
    return lambda config, step: losses[config][:step]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of the runs. Everything but `finished`, `given_up` and `steps` should be 0."""

    finished: int
    given_up: int
    steps: int
    otherwise: int
    lost: int
    doubled: int
    changed: int
    unlike: int

    @property
    def is_good(self) -> bool:
        return not (self.otherwise or self.lost or self.doubled or self.changed or self.unlike)

    def rows(self) -> dict[str, str]:
        return {
            "runs finished": f"{self.finished:,}",
            "runs given up, because their worker died three times": f"{self.given_up:,}",
            "runs that ended otherwise": f"{self.otherwise:,}",
            "steps recorded in the end": f"{self.steps:,}",
            "steps that were seen and are lost": f"{self.lost:,}",
            "steps recorded twice": f"{self.doubled:,}",
            "steps that were seen with another loss": f"{self.changed:,}",
            "runs whose losses differ from an undisturbed run's": f"{self.unlike:,}",
        }


def verdict(watched: Watched, expected: Expected) -> Verdict:
    """Judges the runs, all of which are over."""
    found: Counter[str] = Counter()
    for run_id in watched.runs:
        run, losses, seen = watched.store.run(run_id), watched.recorded(run_id), watched.seen[run_id]
        end = watched.store.events(run_id)[-1][1]
        is_given_up = isinstance(end, Failed) and end.reason == "worker_died"
        found["given_up" if is_given_up else "finished" if run.status == Status.FINISHED else "otherwise"] += 1
        found["steps"] += len(losses)
        found["lost"] += 0 if is_given_up else len(seen.keys() - losses.keys())
        found["changed"] += sum(losses[step] != seen[step] for step in losses.keys() & seen.keys())
        found["unlike"] += list(losses) != list(range(1, run.step + 1)) or [*losses.values()] != [
            *expected(run.config, run.step)
        ]
    names = ("finished", "given_up", "steps", "otherwise", "lost", "changed", "unlike")
    return Verdict(doubled=watched.doubled, **{name: found[name] for name in names})


def kill_one(server: Server, chance: Random) -> str:
    """kill -9 for one of the server's processes, whichever is there; its role. A dead web process is started anew."""
    roles = ["web", "engine", "worker"]
    chance.shuffle(roles)
    role, victim = next((role, found[0]) for role in roles if (found := part(server, role)))
    victim.send_signal(signal.SIGKILL)
    if role == "web":
        server.process.wait()
        server.start()
    return role


def restart(server: Server, chance: Random) -> str:
    """Ends the server as a terminal or a service does, and starts it anew."""
    server.process.send_signal(signal.SIGTERM)
    server.process.wait()
    server.start()
    return "server"


def disturb(
    server: Server,
    configs: Sequence[TrainConfig],
    expected: Expected,
    times: int,
    pauses: tuple[float, float],
    chance: Random,
    how: Callable[[Server, Random], str] = kill_one,
    say: Callable[[str], None] = lambda line: None,
    runs: int = OPEN,
) -> Verdict:
    """Disturbs a server that is up so many times, after random pauses in seconds, and lets its runs end."""
    store = server.store
    watched, victims = Watched(store), Counter[str]()
    for number in range(1, times + 1):
        watched.begin(configs, runs)
        if chance.random() > SOON:
            watched.look_until_more()
        watched.look_for(chance.uniform(*pauses))
        victims[how(server, chance)] += 1
        if number % 10 == 0:
            say(
                f"{number} of {times}: {dict(victims)}, {len(watched.runs)} runs, {len(store.open_runs())} of them open"
            )
    until(watched.is_over, LONG)
    judged = verdict(watched, expected)
    store.close()
    return judged
