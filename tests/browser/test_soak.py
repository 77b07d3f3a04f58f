"""A small version of `python -m tests.benchmarks.soak`: what must not be is not; its memory takes hours to judge."""

from dataclasses import replace

import pytest

from tests.benchmarks import soak
from tests.browser.serving import Server


def test_viewers_come_and_go_while_one_run_follows_the_other(own_server: Server, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(soak, "STAY", (1.0, 4.0))
    monkeypatch.setattr(soak, "SAMPLE_SECONDS", 0.5)
    monkeypatch.setattr(soak, "RUN", replace(soak.RUN, epochs=1))
    wanted = {"pages": 20, "runs": 2, "events": 1, "messages": 1}
    found, memory = soak.watch(
        own_server,
        viewers=4,
        seed=17,
        is_enough=lambda so_far: all(so_far.seen[name] >= wanted[name] for name in wanted),
    )
    assert not found.failures
    assert min(memory["web"]) > 0
