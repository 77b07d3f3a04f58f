"""The numbers for Prometheus: who may see them, and that its own parser reads what is true."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette

from lib.core.training.config import TrainConfig
from lib.core.training.events import Stopped
from lib.runs.db.store import Store
from lib.runs.model.state import EngineState, WorkerState
from lib.runs.model.unavailable import StoreUnavailable
from lib.ui.hosting import metrics
from lib.ui.hosting.metrics import KeepMetrics
from lib.ui.hosting.routes import hosting_routes
from lib.ui.shell import counts
from tests.ui.hosting.asking import answer, scope_of, welcoming

WORKERS = tuple(WorkerState(pid=pid, host="here", threads=2, loaded=pid == 1) for pid in (1, 2))


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("TF2LAB_HOME", str(tmp_path))
    store = Store(f"sqlite:///{tmp_path / 'tf2lab.db'}")
    monkeypatch.setattr(metrics, "store", lambda: store)
    state = EngineState(phase="ready", workers=WORKERS, trouble="disk_full")
    monkeypatch.setattr(metrics, "engine_state", lambda: state)
    return store


def asked() -> dict[tuple[str, ...], float]:
    """Every number by its name and labels, as Prometheus reads them."""
    status, headers, body = answer(Starlette(routes=hosting_routes("lab")), scope_of("/lab/metrics"))
    assert status == 200
    assert headers["content-type"].startswith("text/plain; version=0.0.4")
    families = list(text_string_to_metric_families(body))
    assert all(family.documentation for family in families)
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def test_it_tells_what_the_store_the_engine_and_this_process_know(store: Store) -> None:
    ids = [store.create_run(TrainConfig()).id for _ in range(3)]
    store.append(ids[0], Stopped(step=0))
    counts.page_drawn("train")
    counts.request_refused("pages_per_address")
    found = asked()
    assert found["tf2lab_store_up",] == 1
    assert found["tf2lab_jobs", "train", "waiting"] == found["tf2lab_queue_length",] == 2
    assert found["tf2lab_jobs", "train", "stopped"] == 1
    assert (found["tf2lab_workers",], found["tf2lab_workers_loaded",]) == (2, 1)
    assert found["tf2lab_trouble", "disk_full"] == 1
    assert found["tf2lab_pages_drawn_total", "train"] == counts.pages()["train"]
    assert found["tf2lab_requests_refused_total", "pages_per_address"] == counts.refused()["pages_per_address"]
    assert found["tf2lab_resident_bytes", "web"] > 10e6
    assert found["tf2lab_cpu_seconds_total", "web"] > 0


def test_a_store_that_is_away_is_a_number_too(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(self: Store) -> None:
        raise StoreUnavailable("database", "gone")

    monkeypatch.setattr(Store, "counts_by_status", away)
    found = asked()
    assert found["tf2lab_store_up",] == 0
    assert found["tf2lab_workers",] == 2
    assert not any(name[0] == "tf2lab_jobs" for name in found)


@pytest.mark.parametrize("path", ["/metrics", "/lab/metrics", "/_stcore/metrics", "/lab/_stcore/metrics", "/metrics/"])
@pytest.mark.parametrize(
    ("given", "client", "status"),
    [
        ("", "127.0.0.1", 404),
        ("127.0.0.1", "127.0.0.1", 200),
        ("127.0.0.1, 10.0.0.0/8", "10.9.8.7", 200),
        ("127.0.0.1 10.0.0.0/8", "::ffff:10.9.8.7", 200),
        ("127.0.0.1", "192.0.2.1", 404),
        ("127.0.0.1", None, 404),
        ("::1", "::1", 200),
    ],
)
def test_only_who_is_named_sees_them(path: str, given: str, client: str | None, status: int) -> None:
    assert answer(KeepMetrics(welcoming, given), scope_of(path, client=client))[0] == status


def test_pages_are_everybodys() -> None:
    assert answer(KeepMetrics(welcoming, ""), scope_of("/train"))[0] == 200


def test_what_is_no_address_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"TF2LAB_METRICS must hold addresses .* but 'everybody' was given"):
        metrics.allowed_networks("everybody")
