"""The addresses for whoever runs the server, and the middleware that an open link needs."""

from __future__ import annotations

from starlette.middleware import Middleware
from starlette.routing import Route

from lib.ui.hosting.health import Readiness, healthz
from lib.ui.hosting.metrics import KeepMetrics, metrics
from lib.ui.hosting.request_limits import RequestLimits


def hosting_routes(base: str = "") -> list[Route]:
    """`/healthz`, `/readyz` and `/metrics`, below Streamlit's `server.baseUrlPath`."""
    below = "/".join(["", *filter(None, base.split("/"))])
    return [
        Route(below + "/healthz", healthz),
        Route(below + "/readyz", Readiness().answer),
        Route(below + "/metrics", metrics),
    ]


def hosting_middleware() -> list[Middleware]:
    """The middleware around everything else."""
    return [Middleware(RequestLimits), Middleware(KeepMetrics)]
