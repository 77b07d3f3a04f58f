"""The server's store in a folder of its own, with an engine that has not started: runs keep their state."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from lib.runs.db.store import Store
from lib.ui.shell import services
from tests.pages.conftest import own_home


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with own_home(tmp_path):
        st.cache_resource.clear()
        st.cache_data.clear()
        opened = services.store()
        yield opened
        opened.close()
        st.cache_resource.clear()
