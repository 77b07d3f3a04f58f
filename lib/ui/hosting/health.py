"""Whether the server lives (`/healthz`) and whether it can serve (`/readyz`), for whatever watches over it."""

from __future__ import annotations

import asyncio
import time

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from lib.runs.model.unavailable import NO_ROOM, StoreUnavailable
from lib.ui.shell.services import engine_state, store

STORE_SECONDS = 5.0
"""A store that takes longer does not answer."""
KEPT_SECONDS = 1.0
"""An answer counts for so long: whoever asks often costs the database nothing."""


async def healthz(request: Request) -> Response:
    """The process lives and answers. It asks nobody: a database that is away is no reason to restart the server."""
    return PlainTextResponse("ok\n")


class Readiness:
    """The route `/readyz`."""

    def __init__(self) -> None:
        self._reason: str | None = None
        self._asked = -KEPT_SECONDS
        self._lock: asyncio.Lock | None = None

    async def answer(self, request: Request) -> Response:
        """200, or 503 with the code of what is missing."""
        self._lock = self._lock or asyncio.Lock()
        async with self._lock:
            if time.monotonic() - self._asked > KEPT_SECONDS:
                self._reason = await reason()
                self._asked = time.monotonic()
        if self._reason is None:
            return JSONResponse({"ready": True})
        return JSONResponse({"ready": False, "reason": self._reason}, 503)


async def reason() -> str | None:
    """Why the server cannot serve; None if it can.

    A code of `lib.runs.model.health`, `database_slow`, `engine_starting`, or `engine_unreachable`. While a worker loads
    TensorFlow or rests, runs can be started, so the server is ready. Where its room is used up, it still shows them.
    """
    try:
        await asyncio.wait_for(asyncio.to_thread(lambda: store().beats()), STORE_SECONDS)
    except StoreUnavailable as away:
        return away.code
    except TimeoutError:
        return "database_slow"
    state = engine_state()
    if state is None or state.phase == "starting":
        return "engine_starting"
    if state.phase == "unreachable":
        return "engine_unreachable"
    return None if state.trouble == NO_ROOM else state.trouble
