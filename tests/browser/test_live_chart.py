"""The growing chart in a browser: its own JavaScript and Plotly, whichever of the server's messages are lost."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, Route

from lib.ui.shell.web_server import ASSETS
from tests.browser.visiting import new_context
from tests.ui.widgets.chart_messages import Message, Post, Visit, send, visiting

HERE = "http://chart.test"
PAGE = """<!doctype html><script type="module">
import { update, remove } from "/live_chart.js";
// Drawing seems to take no time, so the chart need not rest after it.
performance.now = () => 0;
let parent;
window.reload = () => {
  if (parent) { remove(parent); parent.remove(); }
  parent = document.body.appendChild(document.createElement("div"));
};
// Whether the chart asks for everything.
window.receive = (data) => {
  let asked = false;
  update({ data: { ...data, plotly: "/plotly.js" }, parentElement: parent, setTriggerValue: () => { asked = true; } });
  return asked;
};
const node = () => parent.querySelector(".growing-chart");
window.drawn = (points) => node().dataset.points === String(points);
window.traces = () => node().data.map(({ x, y }) => [[...x], [...y]]);
</script>"""
FILES = {
    "/": ("text/html", PAGE.encode()),
    **{f"/{name}": ("text/javascript", ASSETS[name].read_bytes()) for name in ("live_chart.js", "live_stream.js")},
    "/plotly.js": ("text/javascript", ASSETS["plotly.js"].read_bytes()),
}
FEW = settings(max_examples=30, deadline=None, phases=[Phase.explicit, Phase.generate])
"""Few and unshrunk examples: Plotly draws each one, and a failing one waits for PATIENCE."""


def serve(route: Route) -> None:
    kind, body = FILES.get(urlsplit(route.request.url).path, ("text/plain", b""))
    route.fulfill(body=body, content_type=kind)


@pytest.fixture(scope="module")
def empty_page(browser) -> Iterator[Page]:
    """A page with only a container for the chart."""
    page = new_context(browser).new_page()
    page.route(f"{HERE}/**", serve)
    page.goto(HERE)
    page.wait_for_function("() => window.receive !== undefined")
    yield page
    page.context.close()


def deliver(message: Message, page: Page, post: Post) -> None:
    """Delivers the message, and then whatever the browser requests."""
    if page.evaluate("(data) => receive(data)", message):
        post.need_full()


def wait_until_drawn(page: Page, visit: Visit) -> None:
    points = sum(len(x) for x, _ in visit.everything())
    page.wait_for_function("(points) => drawn(points)", arg=points)


def drawn(page: Page) -> list[tuple[list[float], list[float]]]:
    """The points drawn by Plotly."""
    return [(x, y) for x, y in page.evaluate("() => traces()")]


growth = st.integers(0, 4)
ticks = st.lists(st.tuples(growth, st.sampled_from(["arrives", "lost", "another run", "page anew", "reload"])))


@FEW
@given(ticks=ticks)
def test_whatever_is_lost_the_chart_ends_with_every_point(empty_page: Page, ticks: list[tuple[int, str]]) -> None:
    empty_page.evaluate("() => reload()")
    with visiting() as (visit, post):
        for points, what in ticks:
            match what:
                case "another run":
                    visit.begin(f"run {len(post.messages) + 2}")
                case "page anew":
                    visit.chart.forget()
                case "reload":
                    empty_page.evaluate("() => reload()")
            visit.grow(points)
            message = send(visit, post)
            if what != "lost":
                deliver(message, empty_page, post)
        # Two ticks, at which nothing need be new: the browser may have to ask, and is answered.
        for _ in range(2):
            deliver(send(visit, post), empty_page, post)
        wait_until_drawn(empty_page, visit)
        assert drawn(empty_page) == visit.everything()


@FEW
@given(ticks=st.lists(st.tuples(growth, st.booleans())))
def test_a_single_lost_message_is_no_loss(empty_page: Page, ticks: list[tuple[int, bool]]) -> None:
    """Where no two in a row are lost, the browser never has to ask."""
    empty_page.evaluate("() => reload()")
    lost = True
    with visiting() as (visit, post):
        assert not empty_page.evaluate("(data) => receive(data)", send(visit, post))
        for points, lose in ticks:
            visit.grow(points)
            message = send(visit, post)
            lost = lose and not lost
            if not lost:
                assert not empty_page.evaluate("(data) => receive(data)", message)
                wait_until_drawn(empty_page, visit)
                assert drawn(empty_page) == visit.everything()
