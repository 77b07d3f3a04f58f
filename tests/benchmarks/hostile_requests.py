"""What becomes of hostile requests: python -m tests.benchmarks.hostile_requests [--inputs 10000] [--seed N]

Links, websocket messages that a browser never sends, uploaded files, canvas data, requests for the stream of runs that
are not there or not the visitor's: all made at random, and sent to a real server by somebody who owns none of its runs.
Printed: how each kind was answered, tracebacks in the server's log, whether the server still answers and is the same
process, and whether anybody's run has changed.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import secrets
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import quote, urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import WebSocketException

from lib.core.training.config import SETTINGS, TrainConfig
from lib.core.training.events import Stopped
from lib.runs.db.store import Store
from lib.runs.model.run import Run
from lib.ui.shell.visitor import known_by
from tests.benchmarks.disturbance import part
from tests.benchmarks.raw_visitor import RawVisitor, raw_visitor
from tests.benchmarks.reporting import load, machine, versions
from tests.browser.serving import Server
from tests.core.exports.hostile import EVIL_NAMES, EVIL_NUMBERS, EVIL_TEXTS, hostile_files

PAGES = ("", "train", "compare", "draw", "runs", "tour", "class", "home", "nowhere")
FIELDS = (*SETTINGS, "run", "lang", "lesson", "projector", "study", "group", "room", "code", "model", "base")
KEYS = (
    "train_start", "train_pause", "train_resume", "train_step", "train_stop", "learning_rate", "step_size", "canvas",
    "runs_delete", "runs_pin", "runs_undo_press", "draw_clear", "compare_start", "lesson_run",
    "class_make", "class_join",
)  # fmt: skip
ANSWER_SECONDS = 30.0
SAID = 500
IN_A_TAB = 8
"""Messages of one tab before it leaves."""


@dataclass
class Found:
    """How each kind of input was answered, and what must not be."""

    answers: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)

    def note(self, kind: str, answer: object) -> None:
        self.answers[f"{kind}: {answer}"] += 1
        if isinstance(answer, int) and answer >= 500:
            self.failures[f"{kind}: {answer}"] += 1


class Hostile:
    """Sends what nobody should, to the server at `url`; `victims` are runs of somebody else."""

    def __init__(self, url: str, victims: Sequence[str], seed: int, found: Found) -> None:
        self.url, self.victims, self.found = url, victims, found
        self.chance = Random(seed)
        self.cookie = secrets.token_urlsafe()
        self.files = hostile_files(10**9, seed)
        self.session, self.last = "", ""
        self.token, self.uploaded = self.xsrf(), "none"
        self.kinds: dict[str, tuple[float, Callable[[], int]]] = {
            "link": (0.35, self.link),
            "stream": (0.2, self.stream),
            "upload": (0.15, self.upload),
            "websocket": (0.3, self.tab),
        }

    def send(self, number: int, say: Callable[[str], None]) -> None:
        """Sends so many inputs, and says how far it is."""
        names, weights = list(self.kinds), [weight for weight, _ in self.kinds.values()]
        sent = said = 0
        while sent < number:
            kind = self.chance.choices(names, weights)[0]
            sent += self.kinds[kind][1]()
            if sent >= said + SAID:
                said = sent
                say(f"{sent:,} sent, {self.found.failures.total()} answered as must not be")

    def text(self) -> str:
        chance = self.chance
        known = (
            *EVIL_TEXTS,
            *EVIL_NAMES,
            *map(str, EVIL_NUMBERS[:6]),
            *self.victims,
            "' OR 1=1 --",
            "%s%n",
            "{0.__class__}",
        )
        made = chance.choice(known)
        return made.encode("utf-8", "surrogatepass").decode("utf-8", "replace")[: chance.choice((20, 300, 5000))]

    def query(self) -> str:
        pairs = {self.chance.choice(FIELDS): self.text() for _ in range(self.chance.randint(0, 5))}
        if self.chance.random() < 0.4:
            pairs["run"] = self.chance.choice(self.victims)
        return urlencode(pairs)

    def http(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> int | str:
        """The status of the answer; its head alone is read, because a stream does not end."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            cookies = f"tf2lab_visitor={self.cookie}; _streamlit_xsrf={self.token}"
            given = {"Cookie": cookies, "X-Xsrftoken": self.token, "Content-Length": str(len(body)), **(headers or {})}
            for name, value in given.items():
                connection.putheader(name, value.encode("latin-1", "replace"))
            connection.endheaders(body)
            return connection.getresponse().status
        except http.client.InvalidURL:
            return "not even sent"
        except (http.client.HTTPException, ConnectionError) as error:
            return type(error).__name__
        finally:
            connection.close()

    def xsrf(self) -> str:
        """The token without which the server takes no file; any browser gets one."""
        with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=60) as answer:
            found = re.search(r"_streamlit_xsrf=([^;]+)", answer.headers.get("Set-Cookie", ""))
        return found[1] if found else ""

    def link(self) -> int:
        chance = self.chance
        path = "/" + chance.choice(
            (
                *PAGES,
                quote(self.text()[:1000]),
                f"assets/{quote(self.text()[:200])}/frame.css",
                "media/x",
                "component/../../x",
            )
        )
        headers = {"Accept": chance.choice(("text/html", "*/*", ""))}
        name = chance.choice(
            ("Host", "Origin", "Cookie", "Accept-Language", "X-Forwarded-For", "Range", "If-None-Match")
        )
        if chance.random() < 0.3:
            headers[name] = re.sub(r"[\r\n\0]", "", self.text()[:2000])
        method = chance.choices(("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"), (12, 1, 1, 1, 1, 1, 1))[0]
        self.found.note("link", self.http(method, f"{path}?{self.query()}", b"", headers))
        return 1

    def stream(self) -> int:
        run = self.chance.choice((*self.victims, secrets.token_urlsafe(9), quote(self.text()[:500], safe="")))
        headers = {"Accept": "text/event-stream", "Last-Event-ID": re.sub(r"[\r\n\0]", "", self.text()[:200])}
        after = self.chance.choice(
            ("", f"?after={quote(self.text()[:100])}", "?after=-1", "?lang=xx", "?after=99999999999999999999")
        )
        self.found.note(
            "stream",
            self.http(
                self.chance.choice(("GET", "GET", "GET", "POST", "HEAD")), f"/live/{run}{after}", headers=headers
            ),
        )
        return 1

    def upload(self) -> int:
        session = self.chance.choice((self.session or "none", secrets.token_hex(16), quote(self.text()[:100], safe="")))
        file = self.chance.choice((secrets.token_hex(8), quote(self.text()[:100], safe="")))
        data = next(self.files)
        form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n\r\n' + data + b"\r\n--x--\r\n"
        body = self.chance.choice((form, data, b"", form[: len(form) // 2]))
        headers = {
            "Content-Type": self.chance.choice(("multipart/form-data; boundary=x", "multipart/form-data", "text/plain"))
        }
        method = self.chance.choice(("PUT", "PUT", "DELETE", "POST"))
        status = self.http(method, f"/_stcore/upload_file/{session}/{file}", body, headers)
        self.found.note("upload", status)
        if status == 204 and method == "PUT":
            self.uploaded = file
        return 1

    def tab(self) -> int:
        """A tab that opens a page, learns what is on it, and sends a few messages."""
        try:
            session = self.chance.choice(("", "", self.session, "0123456789abcdef"))
            with raw_visitor(self.url, self.cookie, session, ANSWER_SECONDS) as tab:
                self.last = "page"
                tab.ask(self.query(), self.chance.choice(PAGES))
                self.session = tab.session or self.session
                sent = 1
                while sent < IN_A_TAB and self.message(tab):
                    sent += 1
                for failure in tab.failures:
                    self.found.failures[f"on a page: {failure}"] += 1
        except (WebSocketException, ConnectionError, EOFError, TimeoutError) as error:
            self.found.note("websocket", f"{self.last}, {type(error).__name__}")
            return 1
        return sent

    def message(self, tab: RawVisitor) -> bool:
        """Sends one message; whether the server keeps the connection."""
        self.last = kind = self.chance.choices(("press", "other", "bytes"), (6, 2, 1))[0]
        if kind == "press":
            count = self.chance.randint(1, 4)
            tab.ask(self.query(), self.chance.choice(PAGES), tuple(self.widget(tab) for _ in range(count)))
            kept = True
        else:
            tab.send(self.chance.randbytes(self.chance.choice((0, 1, 20, 3000))) if kind == "bytes" else self.other())
            tab.send(ping())
            kept = tab.wait()
        self.found.note("websocket", f"{kind}, {'answered' if kept else 'connection ended'}")
        return kept

    def widget(self, tab: RawVisitor) -> WidgetState:
        """A widget of the page, or one that is not on it, with a value of any kind."""
        chance = self.chance
        there = sorted(tab.widgets)
        at = chance.choice(there) if there and chance.random() < 0.5 else tab.widget(chance.choice(KEYS))
        state = WidgetState(id=at)
        values: dict[str, object] = {
            "trigger_value": True,
            "bool_value": True,
            "double_value": float(chance.choice((-1, 0, 1e308, float("nan"), float("inf")))),
            "int_value": chance.choice((-(2**62), -1, 0, 7, 2**62)),
            "string_value": self.text(),
            "json_value": self.canvas(),
            "json_trigger_value": self.canvas(),
        }
        kind = chance.choice((*values, "trigger_value", "texts", "file"))
        if kind == "texts":
            state.string_array_value.data.extend([self.text(), self.text()])
        elif kind == "file":
            file = state.file_uploader_state_value.uploaded_file_info.add()
            file.file_id, file.name, file.size = self.uploaded, self.text(), chance.choice((0, 7, 10**15))
        else:
            setattr(state, kind, values[kind])
        return state

    def canvas(self) -> str:
        """What a canvas might say, and what it never says."""
        chance = self.chance
        path = [chance.choice((["M", 1, 2], ["Q", 1e400, "x", None], ["Z"] * 3, [], "M", {"a": 1})) for _ in range(3)]
        drawing = {
            "type": "path",
            "path": path,
            "strokeWidth": chance.choice((5, -1, "wide", None)),
            "stroke": self.text(),
        }
        data = {
            "raw": {"objects": [drawing] * chance.choice((1, 50))},
            "data": "data:image/png;base64,AAAA",
            "width": chance.choice((0, -5, 10**9)),
        }
        return chance.choice(
            (json.dumps(data), json.dumps(self.text()), "[" * 500, "{", "null", "[]", '{"value": {"value": NaN}}')
        )

    def other(self) -> bytes:
        """A message of another kind than a press."""
        message = BackMsg()
        match self.chance.randrange(8):
            case 0:
                message.clear_cache = True
            case 1:
                message.debug_shutdown_runtime = True
            case 2:
                message.debug_disconnect_websocket = True
            case 3:
                message.file_urls_request.request_id = self.text()
                message.file_urls_request.session_id = self.session
                message.file_urls_request.file_names.extend([self.text()] * 3)
            case 4:
                message.stop_script = True
            case 5:
                message.set_run_on_save = True
            case 6:
                message.load_git_info = True
            case _:
                message.rerun_script.fragment_id = self.text()
                message.rerun_script.page_script_hash = self.text()
                message.rerun_script.query_string = self.query()
        return message.SerializeToString()


def ping() -> bytes:
    """Asks for the page again, so that there is an answer to wait for."""
    message = BackMsg()
    message.rerun_script.query_string = ""
    return message.SerializeToString()


def victims(store: Store, owner: str) -> list[Run]:
    """A run that rests, one that waits for a worker or is under way, and one that is over."""
    config = TrainConfig(network="mlp", epochs=100)
    rests, goes, over = (store.create_run(config, owner, pause_after=number) for number in (0, None, 0))
    store.append(over.id, Stopped(step=0))
    return [store.run(run.id) for run in (rests, goes, over)]


def untouched(before: Sequence[Run], store: Store) -> list[str]:
    """What of these runs has changed that only their owner may change."""
    changed = []
    for run in before:
        now = store.run(run.id)
        for name in ("config", "owner", "requests", "pinned", "name", "turn", "is_over", "base"):
            if getattr(run, name) != getattr(now, name):
                changed.append(f"run {run.id}: {name} was {getattr(run, name)!r} and is {getattr(now, name)!r}")
    return changed + [
        f"run {run.id} has ended or was deleted"
        for run in before
        if run.id not in {one.id for one in store.runs(10**6)}
    ]


def attack(server: Server, inputs: int, seed: int, say: Callable[[str], None] = lambda line: None) -> Found:
    """Sends so many inputs to a server that is up; `failures` has everything that must not be."""
    found, store = Found(), server.store
    before = victims(store, known_by("somebody else"))
    Hostile(server.url, [run.id for run in before], seed, found).send(inputs, say)
    log = (server.home / "server.log").read_text(errors="replace")
    for error in tracebacks(log):
        found.failures[f"traceback: {error}"] += 1
    if server.process.poll() is not None or not server.answers():
        found.failures["the server is lost"] += 1
    if (engines := len(part(server, "engine"))) > 1:
        found.failures["more than one engine"] += engines
    found.failures.update(untouched(before, store))
    for run in store.open_runs():
        store.stop(run.id)
    store.close()
    return found


def tracebacks(log: str) -> list[str]:
    """What each traceback ends with, whether Python or rich wrote it: lines before begin with a blank or a frame."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", log)
    parts = re.split(r"Traceback ?\(most recent call last\)", plain)[1:]
    return [next((line[:160] for line in part.splitlines()[1:] if line[:1].isalpha()), "?") for part in parts]


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the report; returns 1 if there is anything that must not be."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.hostile_requests", description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    given = parser.parse_args(arguments)
    print(f"{machine()}\n{versions('streamlit', 'websockets')}\n{load()}\n--seed {given.seed}", flush=True)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as home, Server(Path(home), held=True) as server:
        found = attack(server, given.inputs, given.seed, lambda line: print(line, flush=True))
        print((Path(home) / "server.log").read_text(errors="replace")[-20_000:] if found.failures else "")
    for answer, count in sorted(found.answers.items()):
        print(f"{count:7,}  {answer}")
    print(f"\nwhat must not be: {sum(found.failures.values()):,}")
    for failure, count in found.failures.most_common():
        print(f"{count:7,}  {failure}")
    print(f"\n{given.inputs:,} inputs in {time.perf_counter() - began:.0f} s; {load()}")
    return int(bool(found.failures))


if __name__ == "__main__":
    sys.exit(main())
