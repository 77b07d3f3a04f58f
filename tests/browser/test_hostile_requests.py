"""What no browser sends, to a real server: the small version of `tests.benchmarks.hostile_requests`."""

import secrets
from collections.abc import Iterator

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.benchmarks.hostile_requests import attack
from tests.benchmarks.raw_visitor import raw_visitor
from tests.browser.serving import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("hostile"), held=True) as running:
        yield running


def test_no_traceback_no_lost_server_and_nobodys_run_is_touched(server: Server) -> None:
    seed = secrets.randbits(32)
    found = attack(server, 150, seed)
    assert not found.failures, f"--seed {seed}: {found.failures}"
    assert len({answer.partition(":")[0] for answer in found.answers}) == 4, "each kind was sent"


@pytest.mark.parametrize("page", ["", "tour", "train", "compare", "draw", "runs", "class"])
def test_no_page_fails_at_a_choice_that_it_does_not_offer(server: Server, page: str) -> None:
    with raw_visitor(server.url, secrets.token_urlsafe()) as tab:
        tab.ask("", page)
        for widget in sorted(tab.widgets):
            tab.ask("", page, (WidgetState(id=widget, string_value="neither"),))
            assert not tab.failures, widget
