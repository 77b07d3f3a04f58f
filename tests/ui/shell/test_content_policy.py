"""The policy is on every response, allows this server alone, and includes the scripts of Streamlit's own page."""

import asyncio
import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.ui.shell.content_policy import INLINE, Policy, inline_scripts, policy_for
from lib.ui.shell.visitor import middleware
from lib.ui.shell.web_server import package_folder


def headers(host: str = "lab.example:8501", kind: str = "http") -> dict[str, str]:
    """The response headers for a request to `host` at an app that would allow everything."""
    sent = []

    async def app(scope, receive, send):
        given = [(b"content-type", b"text/html"), (b"content-security-policy", b"default-src *")]
        await send({"type": f"{kind}.response.start", "status": 200, "headers": given})

    async def send(message):
        sent.append(message)

    scope = {"type": kind, "headers": [(b"host", host.encode("latin-1"))]}
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, Policy(app)(scope, None, send)).result()
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def directives(policy: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (part.split() for part in policy.split(";"))}


def test_every_answer_brings_it_and_it_takes_the_place_of_any_other() -> None:
    given = headers()
    assert given["content-security-policy"] == policy_for("lab.example:8501")
    assert given["x-content-type-options"] == "nosniff"
    assert given["referrer-policy"] == "same-origin"
    assert headers(kind="websocket") == {"content-type": "text/html", "content-security-policy": "default-src *"}
    assert Policy in [one.cls for one in middleware()]


def test_it_allows_this_server_alone() -> None:
    allowed = directives(policy_for("lab.example"))
    sources = {source for name in allowed for source in allowed[name]}
    elsewhere = {source for source in sources if not source.startswith("'") and source not in ("data:", "blob:")}
    assert elsewhere == {"ws://lab.example", "wss://lab.example"}
    assert allowed["default-src"] == ["'self'"]
    assert not {"'unsafe-inline'", "'unsafe-eval'", "data:"} & set(allowed["script-src"])
    assert "frame-ancestors" not in allowed, "a course's page may embed the app"


def test_the_scripts_of_streamlits_page_are_known_by_what_they_are() -> None:
    page = (package_folder("streamlit") / "static" / "index.html").read_bytes()
    scripts = INLINE.findall(page)
    assert scripts
    assert page.count(b"<script>") == len(scripts)
    for script in scripts:
        assert base64.b64encode(hashlib.sha256(script).digest()).decode() in inline_scripts()


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:8501", "[::1]:8501", "my-class.example", "xn--bcher-kva.example"]
)
def test_the_websocket_of_any_host_is_named(host: str) -> None:
    assert directives(policy_for(host))["connect-src"] == ["'self'", f"ws://{host}", f"wss://{host}"]


@given(st.text(st.characters(max_codepoint=255), max_size=30))
def test_no_host_writes_into_the_policy(host: str) -> None:
    plain, own = directives(policy_for("")), directives(policy_for(host))
    assert {name: sources for name, sources in own.items() if name != "connect-src"} | {
        "connect-src": ["'self'"]
    } == plain
    assert {source.partition("://")[0] for source in own["connect-src"]} <= {"'self'", "ws", "wss"}
    assert "\n" not in policy_for(host)
