"""What no browser sends, to a real server: the small version of `tests.benchmarks.hostile_requests`."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.hostile_requests import attack
from tests.browser.serving import Server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path, held=True) as running:
        yield running


def test_no_traceback_no_lost_server_and_nobodys_run_is_touched(server: Server) -> None:
    seed = secrets.randbits(32)
    found = attack(server, 150, seed)
    assert not found.failures, f"--seed {seed}: {found.failures}"
    assert len({answer.partition(":")[0] for answer in found.answers}) == 4, "each kind was sent"
