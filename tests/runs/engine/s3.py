"""An S3-compatible storage for the tests: moto's server in a process of its own, behind a proxy that can answer 503."""

import http.client
import http.server
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import fsspec

from tests.processes import can_bind, free_port
from tests.waiting import ended, until

BUSY = (
    b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>ServiceUnavailable</Code>'
    b"<Message>The service cannot handle the request.</Message></Error>"
)
AWAY = 503, {"Content-Type": "application/xml"}, BUSY
PASSED_BACK = ("content-length", "content-type", "etag", "last-modified", "content-range", "accept-ranges")


class Storage:
    """A bucket `lab`. While `is_away`, every request is answered 503; `refused` counts those."""

    def __init__(self, port: int) -> None:
        self.to, self.port = port, free_port()
        self.is_away, self.refused = False, 0
        storage = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                storage.refused += storage.is_away
                self.give(*(AWAY if storage.is_away else storage.passed(self.command, self.path, body, self.headers)))

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer

            def give(self, status: int, headers: dict[str, str], data: bytes) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if not any(name.lower() == "content-length" for name in headers):
                    self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(data)

            def log_message(self, *said: object) -> None:
                """Says nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to write there."""
        return {
            "TF2LAB_ARTIFACTS": "s3://lab/weights",
            "FSSPEC_S3_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "FSSPEC_S3_KEY": "tester",
            "FSSPEC_S3_SECRET": "tester",
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    @property
    def settings(self) -> dict[str, str]:
        """The same for fsspec."""
        return {"endpoint_url": f"http://127.0.0.1:{self.port}", "key": "tester", "secret": "tester"}

    def passed(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """The answer of the storage itself."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.to, timeout=60)) as connection:
            try:
                connection.request(method, path, body, {**headers, "Connection": "close"})
                answer = connection.getresponse()
                data = answer.read()
            except ConnectionError:  # it is ending
                return AWAY
        return answer.status, {n: v for n, v in answer.getheaders() if n.lower() in PASSED_BACK}, data

    def names(self) -> list[str]:
        """The files in the bucket."""
        return list(fsspec.filesystem("s3", use_listings_cache=False, **self.settings).find("lab"))


@contextmanager
def s3_storage() -> Iterator[Storage]:
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as moto:
        try:
            until(lambda: not can_bind(port) or moto.poll() is not None)
            assert moto.poll() is None
            storage = Storage(port)
            storage.thread.start()
            until(lambda: storage.passed("PUT", "/lab", b"", {"Host": "127.0.0.1"})[0] == 200)
            yield storage
            storage.server.shutdown()
            storage.server.server_close()
            ended(storage.thread)
        finally:
            moto.kill()
