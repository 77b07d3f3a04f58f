"""Limits on what one visitor may ask of this server, on what is kept on it, and on its workers.

Each limit is read from the environment (`TF2LAB_RUNS_PER_VISITOR=2`), else from the secrets, else from
`.streamlit/config.toml`, both under `[tf2lab]` (`runs_per_visitor = 2`).
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import streamlit as st

SECTION = "tf2lab"
CONFIG_FILE = Path(__file__).parents[3] / ".streamlit" / "config.toml"


MOST = {"lanes": 2}
"""Limits that have a highest value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`runs_per_visitor`: how many runs and studies together may be waiting or running at a time.

    `runs_per_room`: how many of those a class may have; whoever has none may start one in any case.

    `images_per_run`: epochs × training images.

    `kept_weights`: this many of the newest runs keep their weights; pinned runs always do.

    `kept_snapshots`: this many of the newest runs keep their snapshots.

    `brought_runs`: how many runs one visitor may have brought in from archives, each of at most 64 MB.

    `pinned_runs`: how many runs may be pinned on this server, all visitors' together.

    `kept_runs`: so many runs and studies are kept; older ones that are over and not pinned are removed. `kept_days`:
    and none that is older; None is no limit.

    `kept_digits`: so many own digits of all visitors are kept, the newest.

    `disk_mb`: megabytes of weights, snapshots, exports and database together. Beyond that ever more of the old goes; if
    that does not help, nothing new is started.

    `requests_per_visitor`, `requests_per_address`: files and other requests within a minute, of one browser and of one
    address. A first page is about a hundred; a class of 40 behind one address comes at once.

    `pages_per_visitor`, `pages_per_address`: websockets opened within a minute: each page that is opened has one.

    `lanes`: 2 if short studies may have a worker of their own, 1 if all share one; None lets the memory decide.
    """

    runs_per_visitor: int = 5
    runs_per_room: int = 80
    images_per_run: int = 100 * 60_000
    kept_weights: int = 200
    kept_snapshots: int = 20
    brought_runs: int = 50
    pinned_runs: int = 100
    kept_runs: int = 5_000
    kept_days: int | None = None
    kept_digits: int = 200_000
    disk_mb: int = 20_000
    requests_per_visitor: int = 2_000
    requests_per_address: int = 60_000
    pages_per_visitor: int = 60
    pages_per_address: int = 600
    lanes: int | None = None


def read_limits(environment: Mapping[str, str], *sections: Mapping[str, object]) -> Limits:
    """The limits from the environment, else from the first of `sections` with them. Raises ValueError for a bad one."""
    found = {}
    for name in (field.name for field in fields(Limits)):
        variable = f"{SECTION}_{name}".upper()
        given = [environment.get(variable), *(section.get(name) for section in sections)]
        for value in given:
            if value is not None:
                found[name] = whole_number(variable, value, MOST.get(name))
                break
    return Limits(**found)


def whole_number(name: str, value: object, most: int | None = None) -> int:
    """`value` as a limit. Raises ValueError unless it is a whole number of at least 1, and at most `most`."""
    text = str(value).strip()
    if not text.isdecimal() or not 1 <= int(text) <= (most or int(text)):
        allowed = "from 1" if most is None else f"from 1 to {most}"
        raise ValueError(f"{name} must be a whole number {allowed}, but {value!r} was given")
    return int(text)


@st.cache_resource(show_spinner=False)
def limits() -> Limits:
    """The server's limits, read once."""
    secret = st.secrets.get(SECTION, {}) if st.secrets.load_if_toml_exists() else {}
    config = tomllib.loads(CONFIG_FILE.read_text("utf-8")) if CONFIG_FILE.exists() else {}
    return read_limits(os.environ, secret, config.get(SECTION, {}))
