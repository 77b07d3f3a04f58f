"""GET /live/<run id>: the event stream of a run, or in plain words why there is none."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from starlette.applications import Starlette

from lib.runs.db.run_reader import view_of
from lib.runs.db.store import Store
from lib.ui.jobs.live_route import live_routes
from lib.ui.jobs.moment import place_of
from tests.pages.stories import tell
from tests.ui.jobs.test_moment import Viewer, drawn
from tests.waiting import PATIENCE

Answer = tuple[int, dict[str, str], list[bytes]]


def get(path: str, query: str = "", last: str = "") -> Answer:
    """Status, headers and parts of the answer, which ends by itself."""
    sent = []

    async def receive():
        await asyncio.sleep(PATIENCE)  # the browser stays

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "root_path": ""}
    headers = [(b"last-event-id", last.encode())] if last else []
    with ThreadPoolExecutor(1) as thread:
        thread.submit(
            asyncio.run, Starlette(routes=live_routes())(scope | {"headers": headers}, receive, send)
        ).result()
    given = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], given, [message["body"] for message in sent[1:] if message.get("body")]


def test_a_run_that_is_over_is_told_at_once_and_its_stream_ends(store: Store) -> None:
    run_id = tell(store, "finished")
    status, headers, (event,) = get(f"/live/{run_id}")
    assert status == 200
    assert headers["content-type"].startswith("text/event-stream")
    assert headers["cache-control"] == "no-store"
    assert headers["x-accel-buffering"] == "no"
    viewer = Viewer()
    viewer.hear(event)
    assert viewer.lines == drawn(view_of(store, run_id))


def test_it_goes_on_from_the_last_event(store: Store) -> None:
    run_id = tell(store, "finished")
    there = str(place_of(view_of(store, run_id)))
    whole = get(f"/live/{run_id}")
    for answer in (get(f"/live/{run_id}", f"after={quote(there)}"), get(f"/live/{run_id}", "after=", there)):
        assert b'"points":[]' in answer[2][0]
        assert b'"points":[]' not in whole[2][0]


def test_nobodys_run_is_404_in_the_visitors_language(store: Store) -> None:
    status, headers, (said,) = get("/live/nowhere", "lang=ko")
    assert status == 404
    assert headers["content-type"].startswith("text/plain")
    assert "“nowhere”" in said.decode()
    assert "There is" not in said.decode()


@pytest.mark.parametrize("query", ["lang=xx", "after=7", "lang=&after=0", "after=%00%0a<script>"])
def test_a_wrong_request_is_refused_with_what_would_be_right(store: Store, query: str) -> None:
    status, headers, (said,) = get(f"/live/{tell(store, 'finished')}", query)
    assert status == 400
    assert headers["content-type"].startswith("text/plain")
    assert said.decode().startswith(("There is no language", "“"))
    assert "\n" not in said.decode()


@pytest.mark.parametrize("base", ["lab", "/lab/", "lab/of/ours"])
def test_streams_stand_below_the_path_that_the_server_has(base: str) -> None:
    assert [route.path for route in live_routes(base)] == [f"/{base.strip('/')}/live/{{run_id}}"]
    assert [route.path for route in live_routes()] == ["/live/{run_id}"]
