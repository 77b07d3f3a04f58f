"""Processes die at random moments while runs go on: the small version of `tests.benchmarks.kills` and `restarts`."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from tests.benchmarks.disturbance import LIGHT, LightServer, disturb, kill_one, light_losses, restart
from tests.browser.serving import Server


@pytest.fixture
def server(home: Path) -> Iterator[Server]:
    with LightServer(home) as server:
        yield server


@pytest.mark.parametrize(("how", "times"), [(kill_one, 5), (restart, 2)])
def test_no_step_is_lost_or_doubled(server: Server, how: Callable[[Server, Random], str], times: int) -> None:
    seed = secrets.randbits(32)
    judged = disturb(server, LIGHT, light_losses, times, (0.1, 1.0), Random(seed), how, runs=2)
    assert judged.is_good, f"seed {seed}: {judged}"
    assert judged.finished
