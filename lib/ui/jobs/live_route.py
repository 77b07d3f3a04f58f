"""The event stream of a run: `GET <base>/live/<run id>`, with `lang` and `after` as parameters.

It tells what the page of that run shows to everyone who has its link, and no more. What it needs to read a run is
imported with the first stream: the server answers its first browser while the rest is still loading.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from lib.core.errors import AppError
from lib.core.i18n import LANGUAGES, mark, translator
from lib.core.untrusted import beginning
from lib.ui.jobs.stream import Channels, StreamRefused
from lib.ui.shell.language import in_language
from lib.ui.shell.services import engine_state
from lib.ui.shell.web_server import below

if TYPE_CHECKING:
    from lib.ui.jobs.moment import Moment, Place

logger = logging.getLogger(__name__)

# A proxy that gathers answers before it passes them on would hold every event back (nginx' X-Accel-Buffering).
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
NOT_THERE, AWAY, REFUSED = 404, 503, 400


def live_routes(base: str = "") -> list[Route]:
    """The route of all streams; `base` is Streamlit's `server.baseUrlPath`, the prefix of every URL."""
    channels = Channels(look)

    async def serve(request: Request) -> Response:
        return await answer(channels, request)

    return [Route(below(base) + "/live/{run_id}", serve)]


def look(run_id: str, language: str, viewers: int) -> Moment:
    """The run as it is now. Raises UnknownRun or StoreUnavailable."""
    from lib.ui.jobs.moment import moment_of
    from lib.ui.jobs.run_feed import run_feed
    from lib.ui.jobs.stream import TICK_SECONDS

    with in_language(language):
        state = engine_state()
        # Viewers in two languages share what was read.
        return moment_of(run_feed(run_id).look(TICK_SECONDS / 2), state.trouble if state else None, viewers)


async def answer(channels: Channels, request: Request) -> Response:
    """The stream, or in plain words why there is none."""
    language = request.query_params.get("lang", "en")
    try:
        after = asked_from(request, language)
        stream = channels.ticks(request.path_params["run_id"], language, after)
        first = await anext(stream)
    except AppError as error:
        status = status_of(error)
        said = error.sentence(translator(language if language in LANGUAGES else "en"))
        return PlainTextResponse(said, status, headers=HEADERS)
    return StreamingResponse(all_of(first, stream), media_type="text/event-stream", headers=HEADERS)


def asked_from(request: Request, language: str) -> Place | None:
    """The place that the request goes on from: a browser's own comes first. Raises StreamRefused."""
    from lib.ui.jobs.moment import read_place

    if language not in LANGUAGES:
        said = mark("There is no language “{code}” here; there are {codes}.")
        raise StreamRefused(said, code=beginning(language), codes=", ".join(LANGUAGES))
    place = request.headers.get("Last-Event-ID") or request.query_params.get("after")
    return read_place(place) if place else None


def status_of(error: AppError) -> int:
    """The HTTP status for it."""
    from lib.runs.model.unavailable import StoreUnavailable

    if isinstance(error, LookupError):
        return NOT_THERE
    return AWAY if isinstance(error, StoreUnavailable) else REFUSED


async def all_of(first: bytes, stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The first event and all others. It ends where the run can no longer be read."""
    async with aclosing(stream):  # type: ignore[type-var]
        yield first
        try:
            async for tick in stream:
                yield tick
        except AppError as error:
            logger.warning("a stream ends: %s", error)
