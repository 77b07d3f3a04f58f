"""How a model reads the digits on a class's wall: each digit once for all who look, in the web process."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import streamlit as st

from lib.core.data.dataset import TEST_IMAGES, Bytes
from lib.core.diagnosis.assess import Score
from lib.core.inference.litert import SHIPPED_RIGHT, in_parts
from lib.core.studies.configs import SHIPPED
from lib.runs.model.classwork import WallDigit
from lib.runs.model.run import Run, Status
from lib.ui.draw.mydigits.test import weights_of
from lib.ui.draw.reading.models import Model, RunModel, run_model, shipped_model
from lib.ui.shell.services import store

FRESH_SECONDS = 1.5
OFFERED = 12
"""Newest runs of the room that may read the wall."""


class Readings:
    """The answers of one model with its present weights, by the number of the digit. Safe from every thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: dict[int, int] = {}

    def of(self, model: Model, digits: Sequence[WallDigit]) -> Bytes:
        """The model's answers to the digits, uint8 (n,); only new ones are read. Raises CannotPredict."""
        with self._lock:
            new = [digit for digit in digits if digit.number not in self._taken]
            if new:
                parts = in_parts(np.stack([digit.image for digit in new]))
                answers = np.concatenate([model.predict(part).probabilities.argmax(axis=1) for part in parts])
                self._taken.update(zip((digit.number for digit in new), answers.tolist(), strict=True))
            return np.array([self._taken[digit.number] for digit in digits], np.uint8)


@st.cache_resource(show_spinner=False, max_entries=40)
def readings(code: str, weights: str) -> Readings:
    """The server's readings by this model with these weights."""
    return Readings()


def read_by(model: Model, digits: Sequence[WallDigit]) -> Bytes:
    """The model's answers to the digits, uint8 (n,). Raises CannotPredict."""
    return readings(model.code, weights_of(model)).of(model, digits)


@st.cache_data(show_spinner=False, ttl=FRESH_SECONDS, max_entries=50)
def wall_of(room_id: str) -> list[WallDigit]:
    """The room's wall, newest first; the server reads it once for all who look."""
    return store().classwork.wall(room_id)


@st.cache_data(show_spinner=False, ttl=FRESH_SECONDS, max_entries=50)
def readers_of(room_id: str) -> list[Run]:
    """The room's newest runs on MNIST that are over and have weights."""
    over = (Status.FINISHED, Status.STOPPED)
    runs = [run for run in store().classwork.board(room_id) if run.config.dataset == "mnist" and run.status in over]
    return [run for run in runs[: 3 * OFFERED] if store().checkpoint(run.id)][:OFFERED]


def models_of(room_id: str) -> dict[str, Model]:
    """The models that may read the wall, by their code: the one that comes with the app, and runs of the room."""
    return {SHIPPED: shipped_model()} | {run.id: run_model(run.id) for run in readers_of(room_id)}


def on_mnist(model: Model) -> Score | None:
    """How many of MNIST's test images the model reads right; None for a run that was not tested."""
    if not isinstance(model, RunModel):
        return Score(SHIPPED_RIGHT, TEST_IMAGES)
    accuracy = model.run.accuracy
    return None if accuracy is None else Score(round(accuracy * TEST_IMAGES), TEST_IMAGES)


def digits_of(wall: Sequence[WallDigit]) -> tuple[Bytes, Bytes]:
    """Images uint8 (n, 28, 28) and labels uint8 (n,) of a wall with at least one digit."""
    return np.stack([digit.image for digit in wall]), np.array([digit.label for digit in wall], np.uint8)
