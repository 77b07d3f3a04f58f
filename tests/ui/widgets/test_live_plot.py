"""What the server sends of a growing chart; tests/browser/test_live_chart.py has what a browser makes of it."""

from hypothesis import given
from hypothesis import strategies as st

from lib.ui.widgets.live_plot import GrowingChart
from tests.ui.widgets.chart_messages import SPEC, Visit, send, visiting


@given(st.lists(st.integers(0, 4), min_size=1))
def test_a_message_repeats_the_one_before_and_no_more(ticks: list[int]) -> None:
    counts = [[0, 0]]
    with visiting() as (visit, post):
        for points in ticks:
            visit.grow(points)
            send(visit, post)
            counts.append([len(x) for x, _ in visit.everything()])
    for number, message in enumerate(post.messages):
        assert ("spec" in message) == (number == 0)
        # Whole messages begin at 0; the one after them repeats nothing, every other begins where the one before began.
        begin = [0, 0] if number == 0 else counts[max(number - 1, 1)]
        assert [part["from"] for part in message["points"]] == begin
        assert [part["from"] + len(part["x"]) for part in message["points"]] == counts[number + 1]


def test_a_new_drawing_begins_with_everything() -> None:
    with visiting() as (visit, post):
        visit.grow(5)
        assert "spec" in send(visit, post)
        assert "spec" not in send(visit, post)
        visit.drawing = "another"
        message = send(visit, post)
    assert message["spec"] == SPEC
    assert message["run"] == "another"
    assert [part["from"] for part in message["points"]] == [0, 0]


def test_what_is_asked_for_is_sent_once() -> None:
    with visiting() as (visit, post):
        visit.grow(5)
        send(visit, post)
        post.need_full()
        assert ["spec" in send(visit, post) for _ in range(3)] == [True, False, False]


def test_two_charts_of_a_session_do_not_mix() -> None:
    with visiting() as (visit, post):
        other = Visit(GrowingChart("other"), drawing=visit.drawing)
        visit.grow(5)
        send(visit, post)
        assert "spec" in send(other, post)
        post.need_full()
        assert "spec" not in send(visit, post)
        assert "spec" in send(other, post)
