"""The server's numbers in Prometheus' text form (`/metrics`), for whoever may see them.

Without TF2LAB_METRICS the address does not exist, not even for this machine: behind a proxy that names no addresses,
every visitor looks like this machine. Set, it holds the addresses and networks that may ask, such as
"127.0.0.1, 10.0.0.0/8". Streamlit's own numbers, at `_stcore/metrics`, are kept for the same ones.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

import psutil
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from lib.runs.model.unavailable import StoreUnavailable
from lib.ui.hosting import processors
from lib.ui.shell import counts
from lib.ui.shell.services import engine_state, store

if TYPE_CHECKING:  # here and below: the import takes 0.15 s, and the first page does not wait for it
    from prometheus_client import Metric

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
VARIABLE = "TF2LAB_METRICS"
STREAMLITS = "/_stcore/metrics"


def allowed_networks(given: str | None) -> tuple[Network, ...]:
    """The networks that may ask, from TF2LAB_METRICS. Raises ValueError for what is no address."""
    names = (given or "").replace(",", " ").split()
    try:
        return tuple(ipaddress.ip_network(name) for name in names)
    except ValueError as error:
        raise ValueError(
            f"{VARIABLE} must hold addresses or networks such as 127.0.0.1, 10.0.0.0/8, but {given!r} was given"
        ) from error


def may_ask(scope: Scope, networks: Collection[Network]) -> bool:
    """Whether the request comes from one of these networks."""
    try:
        address = ipaddress.ip_address(scope["client"][0] if scope.get("client") else "")
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in networks)


class KeepMetrics:
    """ASGI middleware that hides the numbers, Streamlit's own too, from everybody who may not ask for them."""

    def __init__(self, app: ASGIApp, given: str | None = None) -> None:
        self.app = app
        self._networks = allowed_networks(os.environ.get(VARIABLE) if given is None else given)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        hidden = scope["type"] == "http" and scope["path"].rstrip("/").endswith("/metrics")
        if hidden and not may_ask(scope, self._networks):
            await Response(status_code=404)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


async def metrics(request: Request) -> Response:
    """The route `/metrics`."""
    from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest

    registry = CollectorRegistry()  # of our own: the library's global one has numbers of whoever imports it
    registry.register(Collector())
    text = await asyncio.to_thread(generate_latest, registry)
    return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


class Collector:
    """What is known when somebody asks; Prometheus' library calls `collect`."""

    def collect(self) -> Iterator[Metric]:
        yield from of_the_store()
        yield from of_the_engine()
        yield from of_this_process()
        yield from of_the_processors()


def of_the_store() -> Iterator[Metric]:
    """Runs and studies by status, and how long the queue is; `tf2lab_store_up` alone where the store is away."""
    from prometheus_client.core import GaugeMetricFamily

    up = GaugeMetricFamily("tf2lab_store_up", "1 if the database answers.")
    jobs = GaugeMetricFamily("tf2lab_jobs", "Runs and studies by kind and status.", labels=["kind", "status"])
    try:
        found = store().counts_by_status()
    except StoreUnavailable:
        up.add_metric([], 0)
        yield up
        return
    up.add_metric([], 1)
    for (kind, status), count in sorted(found.items()):
        jobs.add_metric([kind, status], count)
    waiting = sum(count for (_kind, status), count in found.items() if status == "waiting")
    yield up
    yield jobs
    yield GaugeMetricFamily("tf2lab_queue_length", "Runs and studies that wait for a worker.", waiting)


def of_the_engine() -> Iterator[Metric]:
    """The workers, and whether there is trouble with the storage of runs."""
    from prometheus_client.core import GaugeMetricFamily

    state = engine_state()
    workers = state.workers if state else ()
    yield GaugeMetricFamily("tf2lab_workers", "Worker processes.", len(workers))
    loaded = sum(worker.loaded for worker in workers)
    yield GaugeMetricFamily("tf2lab_workers_loaded", "Worker processes that have loaded TensorFlow.", loaded)
    trouble = GaugeMetricFamily("tf2lab_trouble", "1 while there is this trouble with storage.", labels=["reason"])
    if state and state.trouble:
        trouble.add_metric([state.trouble], 1)
    yield trouble


def of_this_process() -> Iterator[Metric]:
    """Pages, tabs, refusals; memory and processor time of this process and of the engine with its workers."""
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    pages = CounterMetricFamily("tf2lab_pages_drawn", "Pages drawn, by address.", labels=["page"])
    for page, count in sorted(counts.pages().items()):
        pages.add_metric([page], count)
    refused = CounterMetricFamily("tf2lab_requests_refused", "Requests refused, by limit.", labels=["limit"])
    for limit, count in sorted(counts.refused().items()):
        refused.add_metric([limit], count)
    yield pages
    yield refused
    yield GaugeMetricFamily("tf2lab_websockets", "Open websockets: one for each tab.", counts.connections())
    memory = GaugeMetricFamily("tf2lab_resident_bytes", "Resident memory.", labels=["process"])
    seconds = CounterMetricFamily("tf2lab_cpu_seconds", "Processor time.", labels=["process"])
    this = psutil.Process()
    for name, processes in (("web", [this]), ("engine_and_workers", this.children(recursive=True))):
        resident, busy = 0, 0.0
        for process in processes:
            try:
                with process.oneshot():
                    resident += process.memory_info().rss
                    busy += sum(process.cpu_times()[:2])
            except psutil.Error:
                continue  # it ended between being found and being asked
        memory.add_metric([name], resident)
        seconds.add_metric([name], busy)
    yield memory
    yield seconds


def of_the_processors() -> Iterator[Metric]:
    """What others take of the processors, as the badge on the pages says it."""
    from prometheus_client.core import GaugeMetricFamily

    share = GaugeMetricFamily(
        "tf2lab_processor_share", "Share of all processors taken by others, 0 to 1.", labels=["by"]
    )
    if found := processors.disturbance():
        share.add_metric(["programs"], found.others)
        share.add_metric(["machines"], found.stolen)
    yield share
