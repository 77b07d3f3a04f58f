"""The addresses for whoever runs the server, and the middleware that an open link needs."""

from __future__ import annotations

from starlette.middleware import Middleware
from starlette.routing import Route

from lib.ui.hosting.health import Readiness, healthz
from lib.ui.hosting.metrics import KeepMetrics, metrics
from lib.ui.hosting.request_limits import RequestLimits
from lib.ui.shell.web_server import below


def hosting_routes(base: str = "") -> list[Route]:
    """`/healthz`, `/readyz` and `/metrics`, below Streamlit's `server.baseUrlPath`."""
    here = below(base)
    return [
        Route(here + "/healthz", healthz),
        Route(here + "/readyz", Readiness().answer),
        Route(here + "/metrics", metrics),
    ]


def hosting_middleware() -> list[Middleware]:
    """The middleware around everything else."""
    return [Middleware(RequestLimits), Middleware(KeepMetrics)]
