"""Each test has its own TF2LAB_HOME; tests of the store run on SQLite and, if installed, on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.runs.db.store import Store, open_store
from lib.runs.worker import worker
from tests.runs.postgres import binaries, emptied, new_database, postgres_server


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("TF2LAB_HOME", str(tmp_path))
    for name in ("TF2LAB_DATABASE_URL", "TF2LAB_SCHEDULER", "TF2LAB_ARTIFACTS", "TF2LAB_SERVER"):
        monkeypatch.delenv(name, raising=False)
    yield tmp_path
    # As a worker, this process keeps its store: the next test has another one.
    if worker._opened.cache_info().currsize:
        worker._opened().close()
    worker._opened.cache_clear()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    programs = binaries()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed here")
    with postgres_server(programs) as url:
        yield url


@pytest.fixture(scope="session")
def database(postgres: str) -> str:
    """The one database of all tests. A new one for each would take 92 s to remove at the end."""
    return new_database(postgres, "tests")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, home: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{home / 'tf2lab.db'}"
    return emptied(request.getfixturevalue("database"))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url)
    yield store
    store.close()


@pytest.fixture
def light_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers in this process train without TensorFlow, and have loaded nothing yet."""
    monkeypatch.setenv("TF2LAB_TRAINING", "tests.runs.light:load")
    monkeypatch.setattr(worker, "_loading", worker._Loading())


@pytest.fixture
def light_store(light_worker: None) -> Iterator[Store]:
    """The app's own store, for these workers."""
    store = open_store()
    yield store
    store.close()
