"""Pages run on a separate store for each module, with an engine that has not started: runs keep their state."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime import context

from lib.runs.db.store import Store
from lib.runs.engine.engine import Engine
from lib.runs.engine.tidying import Kept
from lib.ui.shell import services
from tests.runs.processes import descendants


class EngineToCome(Engine):
    """The real engine with its thread never started: no process, no TensorFlow, and runs wait."""

    @classmethod
    def start(
        cls,
        store: Store,
        training: str = "",
        kept: Kept | None = None,
        lanes: int | None = None,
    ) -> Engine:
        return cls(store, training, kept or Kept(), lanes)


@contextmanager
def own_home(folder: Path) -> Iterator[Path]:
    """Sets TF2LAB_HOME to `folder`; at the end no process may be left."""
    before = descendants()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TF2LAB_HOME", str(folder))
        for name in ("TF2LAB_DATABASE_URL", "TF2LAB_SCHEDULER", "TF2LAB_ARTIFACTS", "TF2LAB_SERVER"):
            patch.delenv(name, raising=False)
        patch.setattr("lib.runs.engine.engine.Engine", EngineToCome)
        # AppTest's stand-in for a browser answers every question with an object of its own; ours has no cookies.
        patch.setattr(context, "_get_client_context", lambda: None)
        yield folder
    assert set(descendants()) <= set(before), "a page has left a process behind"


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with own_home(tmp_path_factory.mktemp("home")) as folder:
        yield folder


@pytest.fixture(autouse=True)
def store(home: Path) -> Iterator[Store]:
    """The store that the pages read. Each test begins with empty server caches."""
    st.cache_resource.clear()
    st.cache_data.clear()
    opened = services.store()
    yield opened
    opened.close()
    st.cache_resource.clear()
