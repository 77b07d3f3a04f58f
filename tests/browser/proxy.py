"""A proxy before a server, as a host has one: it strips a prefix from every path, and passes websockets through."""

import asyncio
import re
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from tests.processes import free_port
from tests.waiting import PATIENCE, ended

T = TypeVar("T")

FIRST_LINE = re.compile(rb"(\S+) (\S+) (\S+)\r\n")
CONNECTION = re.compile(rb"\r\nconnection:[^\r]*", re.IGNORECASE)
COOKIES = re.compile(rb"\r\ncookie:[^\r]*", re.IGNORECASE)
SESSION = re.compile(rb"(\r\nsec-websocket-protocol: *[^,\r]+,[^,\r]+),[^\r]*", re.IGNORECASE)
"""The protocols that Streamlit's page asks for; the third is the session that it had."""


class Proxy:
    """Passes everything below /`prefix` to the server at this port of the same machine, without the prefix.

    It passes no cookie: to the server its visitors are browsers that keep none. While `away`, nothing is passed, and no
    event stream unless it passes `streams`. What then returns asks for no session that it had: after two minutes
    Streamlit's server no longer has it (`server.disconnectedSessionTTL`).
    """

    def __init__(self, port: int, prefix: str) -> None:
        self.to, self.prefix, self.port = port, f"/{prefix}".encode(), free_port()
        self.url = f"http://127.0.0.1:{self.port}/{prefix}"
        self.away = False
        self.streams = True
        self.open: set[asyncio.StreamWriter] = set()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self) -> "Proxy":
        self.thread.start()
        self.server = self.do(asyncio.start_server(self.serve, "127.0.0.1", self.port))
        return self

    def __exit__(self, *error: object) -> None:
        self.server.close()
        self.leave()
        self.loop.call_soon_threadsafe(self.loop.stop)
        ended(self.thread)
        self.loop.close()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of what is done in the proxy's thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)

    def leave(self) -> None:
        """Ends every connection, and takes no new one."""
        self.away = True

        async def end() -> None:
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for writer in self.open:
                writer.transport.abort()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        self.do(end())

    def come_back(self) -> None:
        self.away = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request: the connection is not kept, so the answer is over when the server ends it."""
        writers = {writer}
        self.open |= writers
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):  # somebody has left
            passed = self.rewritten(await reader.readuntil(b"\r\n\r\n"))
            if passed and not self.away and (self.streams or b" /live/" not in passed):
                from_server, to_server = await asyncio.open_connection("127.0.0.1", self.to)
                writers.add(to_server)
                self.open.add(to_server)
                to_server.write(passed)
                there, back = (asyncio.create_task(pump(*way)) for way in ((reader, to_server), (from_server, writer)))
                await asyncio.wait((there, back), return_when=asyncio.FIRST_COMPLETED)
                there.cancel()
                back.cancel()
        self.open -= writers
        for one in writers:
            one.close()

    def rewritten(self, head: bytes) -> bytes | None:
        """The request as the server gets it; None if it is for something else."""
        found = FIRST_LINE.match(head)
        assert found is not None
        method, path, version = found.groups()
        if not path.startswith(self.prefix):
            return None
        rest = SESSION.sub(rb"\1", COOKIES.sub(b"", head[found.end() - 2 :]))
        if b"upgrade: websocket" not in rest.lower():
            rest = CONNECTION.sub(b"", rest).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        return b" ".join((method, path[len(self.prefix) :] or b"/", version)) + rest


async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Passes on what comes until the end."""
    with suppress(ConnectionError, asyncio.CancelledError):
        while part := await source.read(2**16):
            target.write(part)
            await target.drain()
