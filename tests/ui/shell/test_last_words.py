"""The end of a page arrives, though a part of it is asked for before it is sent; by Streamlit's own runtime."""

import subprocess
import sys

from tests.waiting import PATIENCE


def visited(*arguments: str) -> list[str]:
    """What a browser shows of the page. In a process of its own: there is one runtime in each."""
    command = [sys.executable, "-m", "tests.ui.shell.lastwords.visit", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE).stdout.split("\n")


def test_the_end_of_a_page_arrives_before_the_part_that_was_asked_for() -> None:
    assert visited("kept")[-2:] == ["end", "part"]


def test_streamlit_alone_loses_it() -> None:
    """If this fails, `lib.ui.shell.last_words` is not needed any more."""
    texts = visited()
    assert texts[0] == "begin"
    assert "end" not in texts
    assert texts[-1] == "part"
