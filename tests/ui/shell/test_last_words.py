"""The end of a page arrives, though a part of it is asked for before it is sent; by Streamlit's own runtime."""

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from lib.ui.shell.last_words import _take_back
from tests.waiting import PATIENCE


def visited(*arguments: str) -> list[str]:
    """What a browser shows of the page. In a process of its own: there is one runtime in each."""
    command = [sys.executable, "-m", "tests.ui.shell.lastwords.visit", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE).stdout.split("\n")


def test_the_end_of_a_page_arrives_before_the_part_that_was_asked_for() -> None:
    assert visited("kept")[-2:] == ["end", "part"]


def test_streamlit_alone_loses_it() -> None:
    """If this fails, of `lib.ui.shell.last_words` only `_take_back` is still needed."""
    texts = visited()
    assert texts[0] == "begin"
    assert "end" not in texts
    assert texts[-1] == "part"


def drawn(path: list[int], fragment: str, text: str = "") -> ForwardMsg:
    """A text at this place of the page, or without one a container."""
    message = ForwardMsg()
    message.metadata.delta_path.extend(path)
    message.delta.fragment_id = fragment
    if text:
        message.delta.new_element.text.body = text
    else:
        message.delta.add_block.vertical.SetInParent()
    return message


UNSENT = (drawn([0, 1], "outer"), drawn([0, 1, 0], "outer", "before"), drawn([0, 1, 1], "inner", "within"))
"""What a fragment and one within it have drawn."""


def left_when_drawn_anew(take_back: Any, ids: list[str] | None) -> list[list[int]]:
    """The places that the browser is still told of."""
    queue = ForwardMsgQueue()
    for message in UNSENT:
        queue.enqueue(message)
    take_back(SimpleNamespace(_browser_queue=queue), ids)
    return [list(message.metadata.delta_path) for message in queue.flush()]


@pytest.mark.parametrize("ids", [["outer"], ["inner"], ["another"], None])
def test_no_part_comes_without_its_container(ids: list[str] | None) -> None:
    left = left_when_drawn_anew(_take_back, ids)
    assert left == ([] if ids is None else [[0, 1], [0, 1, 0], [0, 1, 1]])


def test_streamlit_alone_sends_a_part_without_its_container() -> None:
    """If this fails, `_take_back` is not needed any more."""
    assert left_when_drawn_anew(AppSession._clear_queue, ["outer"]) == [[0, 1, 1]]
