"""The networks that read a drawing: the shipped one, and runs with their newest weights."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import streamlit as st

from lib.core.data.dataset import CLASS_NAMES, Bytes
from lib.core.errors import AppError, WeightsError
from lib.core.i18n import mark
from lib.core.inference.litert import LiteError, LiteNetwork, Prediction, Weights, network_of, shipped
from lib.core.inference.portable import Portable, run_portable, shipped_portable
from lib.core.studies.configs import SHIPPED
from lib.core.training.config import SETTINGS, TrainConfig
from lib.runs.artifacts import ArtifactUnreachable
from lib.runs.db.store import Store
from lib.runs.model.run import Run, UnknownRun
from lib.runs.model.unavailable import StoreUnavailable
from lib.ui.shell.language import _
from lib.ui.shell.services import store
from lib.ui.widgets.text import moment

logger = logging.getLogger(__name__)

WEIGHTS_POLL_SECONDS = 1.0
"""Seconds between polls for a run's newer weights, shared by all who watch it."""
KEPT = 8
"""Cached runs: the notes' network takes 33 MB."""

NONE_YET = mark(
    "This run has no weights yet. They come with its first checkpoint; then the prediction begins by itself."
)
NOT_KEPT = mark("The weights of this run are not kept any more. Train it again, or choose another model.")
NO_IMAGES = mark("The training images of this run are not on this machine.")
AWAY = mark("The place where runs are kept does not answer. It is asked again with the next stroke.")


class CannotPredict(AppError):
    """A model cannot predict; `template` is the reason, a text of the catalogue."""

    def __init__(self, template: str) -> None:
        self.template = template
        super().__init__()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Held:
    """The current weights of a model, after `step` of its run, and their unique `code`.

    `make` returns a new network for them: work in the background then never blocks a drawing.
    """

    code: str
    step: int
    weights: Weights
    make: Callable[[], LiteNetwork]


class Model(Protocol):
    """A network with weights. `code` identifies it in the session and the link; `classes` names its ten classes."""

    code: str
    classes: tuple[str, ...]

    def name(self) -> str:
        """Its name on the page."""
        ...

    def about(self) -> str:
        """The origin of its weights, in the visitor's language."""
        ...

    def predict(self, images: Bytes) -> Prediction:
        """Its answer to `images`, uint8 (n, 28, 28). Raises CannotPredict."""
        ...

    def held(self) -> Held:
        """The weights it predicts with; call it after a prediction."""
        ...

    def portable(self) -> Portable | None:
        """Its network for the browser; None if there is none, or none that float16 can hold."""
        ...


class ShippedModel:
    """The model that ships with the app."""

    code = SHIPPED
    classes = CLASS_NAMES["mnist"]

    def __init__(self) -> None:
        self._network, self._weights = shipped()
        self._portable = shipped_portable(self._weights)

    def name(self) -> str:
        return _("Comes with the app")

    def about(self) -> str:
        return _("Trained before, on MNIST and on its digits rewritten as if with a pen.")

    def predict(self, images: Bytes) -> Prediction:
        return self._network.predict(self._weights, images)

    def held(self) -> Held:
        return Held(code=SHIPPED, step=0, weights=self._weights, make=lambda: shipped()[0])

    def portable(self) -> Portable:
        return self._portable


class RunModel:
    """A run with its newest weights, reloaded only when there are newer ones. Safe from every visitor's thread."""

    def __init__(self, source: Store, run: Run) -> None:
        self._store, self.run = source, run
        self.code = run.id
        self.config: TrainConfig = run.config
        self.classes = CLASS_NAMES[run.config.dataset]
        self._lock = threading.Lock()
        self._looked = float("-inf")
        self._path: str | None = None
        self._network: LiteNetwork | None = None
        self._weights: Weights = {}
        self._step = 0
        self._trouble = ""
        self._portable: tuple[str, Portable | None] | None = None

    def name(self) -> str:
        """Network, creation time, and enough of the id to tell apart runs of the same minute."""
        options = SETTINGS["network"].options
        network = _(options[self.config.network])
        if self.run.base:
            network += " · " + _("tuned")
        return f"{network} · {moment(self.run.created_at)} · {self.code[:4]}"

    def about(self) -> str:
        said = _("Weights after step {step}.").format(step=f"{self._step:,}")
        if self.run.is_open:
            said += " " + _("The run goes on, and the prediction follows its newest weights.")
        return said

    def look(self) -> str:
        """Loads newer weights, if any; returns a string that changes whenever the prediction may change."""
        with self._lock:
            if time.monotonic() - self._looked >= WEIGHTS_POLL_SECONDS:
                self._looked = time.monotonic()
                self._trouble = self._read()
            return f"{self._path} {self._trouble}"

    def predict(self, images: Bytes) -> Prediction:
        self.look()
        with self._lock:
            network, weights, trouble = self._network, self._weights, self._trouble
        if trouble or network is None:
            raise CannotPredict(trouble or NONE_YET)
        try:
            return network.predict(weights, images)
        except LiteError as error:
            logger.warning("run %s cannot predict: %s", self.code, error)
            raise CannotPredict(error.template) from error

    def held(self) -> Held:
        with self._lock:
            code, make = f"{self.code} {self._path}", partial(network_of, self.config)
            return Held(code=code, step=self._step, weights=self._weights, make=make)

    def portable(self) -> Portable | None:
        self.look()
        with self._lock:
            if self._path is None or self._trouble:
                return None
            if self._portable is None or self._portable[0] != self._path:
                self._portable = self._path, run_portable(self.config, self._weights)
            return self._portable[1]

    def _read(self) -> str:
        """Loads what is new; returns what is wrong, '' if nothing is."""
        try:
            self.run = self._store.run(self.code)
            return self._read_newest()
        except UnknownRun:
            return NOT_KEPT
        except (StoreUnavailable, ArtifactUnreachable, OSError):
            logger.exception("weights of run %s not read", self.code)
            return "" if self._path else AWAY  # weights that are already loaded still predict
        except WeightsError as error:
            logger.warning("the weights of run %s cannot be used: %s", self.code, error)
            return error.template

    def _read_newest(self) -> str:
        """Loads the run's newest weights unless it has them; returns why there are none, '' if there are."""
        artifact = self._store.checkpoint(self.code)
        if artifact is None:
            return NOT_KEPT if self.run.is_over else NONE_YET
        if artifact.path == self._path and not self._trouble:
            return ""
        checkpoint = self._store.weights(self.code)
        if checkpoint is None:
            return NONE_YET
        self._network = self._network or network_of(self.config)
        self._path, self._weights, self._step = artifact.path, checkpoint.weights, checkpoint.step
        return ""


@st.cache_resource(show_spinner=False)
def shipped_model() -> ShippedModel:
    """The server's one shipped model."""
    return ShippedModel()


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def run_model(run_id: str) -> RunModel:
    """The server's one model of this run. Raises UnknownRun."""
    return RunModel(store(), store().run(run_id))
