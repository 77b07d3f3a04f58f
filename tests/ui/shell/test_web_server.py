"""Static files: complete, compressed, and cached for ever under a URL that changes with them."""

import asyncio
import gzip
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.applications import Starlette

from lib.ui.shell.web_server import ASSETS, answer_at_once, asset_routes, asset_url


def fetch(path: str, encoding: str = "") -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the response to GET `path`."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "root_path": ""}
    headers = [(b"accept-encoding", encoding.encode())]
    # A thread of its own: where browser tests ran before, this one has an event loop already.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(
            asyncio.run, Starlette(routes=asset_routes())(scope | {"headers": headers}, receive, send)
        ).result()
    given = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], given, b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize("name", list(ASSETS))
def test_an_asset_arrives_whole_packed_or_not(name: str) -> None:
    whole = ASSETS[name].read_bytes()
    for encoding, unpack in (("", bytes), ("br, gzip", gzip.decompress)):
        status, headers, body = fetch(f"/{asset_url(name)}", encoding)
        assert status == 200
        assert unpack(body) == whole
        assert headers["content-type"].startswith("text/css" if name.endswith(".css") else "text/javascript")
        assert "immutable" in headers["cache-control"]
        assert headers["vary"] == "Accept-Encoding"
        assert headers.get("content-encoding", "") == ("gzip" if encoding else "")


@pytest.mark.parametrize("base", ["lab", "/lab/", "lab/of/ours"])
def test_assets_stand_below_the_path_that_the_server_has(base: str) -> None:
    paths = [route.path for route in asset_routes(base)]
    assert paths == [f"/{base.strip('/')}{path}" for path in ("/assets/{digest}/{name}", "/favicon.png")]
    assert [route.path for route in asset_routes()] == ["/assets/{digest}/{name}", "/favicon.png"]


def test_plotly_is_a_third_on_the_way() -> None:
    _, _, packed = fetch(f"/{asset_url('plotly.js')}", "gzip")
    assert len(packed) * 3 < ASSETS["plotly.js"].stat().st_size


@pytest.mark.parametrize("name", ["", "passwd", "../serving.py"])
def test_nothing_else_is_served(name: str) -> None:
    assert fetch(f"/assets/abc/{name}")[0] == 404


def test_connections_send_at_once():
    # As Streamlit makes it: without a protocol, so that asyncio leaves it as it is.
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        answer_at_once()
        with socket.create_connection(listening.getsockname()):
            connection, _address = listening.accept()
            with connection:
                assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
