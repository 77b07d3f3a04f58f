"""One drawing over the course of a run: the network's answer to it after each snapshot of its weights."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial

import numpy as np
import streamlit as st
from cachetools import LRUCache

from lib.core.data.dataset import Bytes
from lib.core.errors import WeightsError
from lib.core.inference.litert import Floats, LiteNetwork, network_of
from lib.core.training.config import TrainConfig
from lib.core.training.snapshots import are_kept
from lib.runs import artifacts
from lib.runs.artifacts import Artifact, ArtifactUnreachable
from lib.ui.draw.reading.charts import probabilities_over_steps
from lib.ui.draw.reading.models import RunModel
from lib.ui.draw.reading.reading import Answer
from lib.ui.draw.reading.text import course_words
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.shell.quotas import limits
from lib.ui.shell.services import store
from lib.ui.shell.store_health import says_when_store_unavailable
from lib.ui.widgets.background import Background, asker, say_working
from lib.ui.widgets.plot import steady_chart
from lib.ui.widgets.table import as_table
from lib.ui.widgets.text import percent

logger = logging.getLogger(__name__)

HISTORY_POLL_SECONDS = 1.0
"""Seconds between polls for newer snapshots."""
DRAWINGS = 200
"""Drawings whose answers are cached: 2 KB each. Weights are not cached: they are read and used once."""

PredictionHistory = Mapping[int, Floats]
"""The answers to a drawing: probabilities (10,) by the step of the snapshot."""


class PastAnswers:
    """The snapshots' answers to drawings, each computed once. Safe from every visitor's thread."""

    def __init__(self) -> None:
        self._background = Background(DRAWINGS)
        self._lock = threading.Lock()
        self._known: LRUCache[tuple[str, bytes], dict[str, Floats | None]] = LRUCache(DRAWINGS)

    def look(
        self, run_id: str, config: TrainConfig, kept: Sequence[Artifact], image: Bytes, who: str
    ) -> tuple[PredictionHistory, bool]:
        """The answers to `image`, uint8 (28, 28), so far, and whether that is all; the rest is being computed."""
        key = run_id, hashlib.sha256(image.tobytes()).digest()
        with self._lock:
            known = self._known.setdefault(key, {})
        is_all = all(artifact.path in known for artifact in kept)
        if not is_all:
            self._background.ask((*key, tuple(kept)), partial(predict_all, config, kept, image, known), who)
        return {a.step: found for a in kept if (found := known.get(a.path)) is not None}, is_all


def predict_all(config: TrainConfig, kept: Sequence[Artifact], image: Bytes, known: dict[str, Floats | None]) -> None:
    """Adds each snapshot's answer to `image` to `known`, by path: None if it cannot predict.

    While the storage does not answer, the rest stays unknown, and is asked for again.
    """
    network = network_of(config)
    with suppress(ArtifactUnreachable):
        for artifact in kept:
            if artifact.path not in known:
                known[artifact.path] = predicted(network, artifact, image)


def predicted(network: LiteNetwork, artifact: Artifact, image: Bytes) -> Floats | None:
    """The probabilities (10,) of one snapshot; None if it is missing, damaged or not finite.

    Raises ArtifactUnreachable.
    """
    try:
        weights = {name: array.astype(np.float32) for name, array in artifacts.read(artifact).weights.items()}
        return network.predict(weights, image[np.newaxis]).probabilities[0]
    except ArtifactUnreachable:
        raise
    except WeightsError as error:
        logger.warning("a snapshot says nothing: %s", error)
        return None


def show_moments(answer: Answer, image: Bytes, place: int) -> None:
    """The chart for a run, growing while the run is open; for the shipped model, how to see one."""
    model = answer.model
    if not isinstance(model, RunModel):
        plain.info(
            _(
                "The model that comes with the app was trained elsewhere, and only its end is kept. Choose a run above "
                "to look back at how it learned to read your drawing; or start one on the Train page and come back "
                "while it runs: the chart grows by itself."
            )
        )
        return
    growing = not model.run.is_over

    def follow() -> None:
        with says_when_store_unavailable():
            kept = store().snapshots(model.code)
            course, is_all = past_answers().look(model.code, model.config, kept, image, asker())
            show_course(answer, course, growing)
            if not is_all:
                say_working(_("Older weights of this run are being asked about your drawing."))
            elif not growing and not finished_at_first:
                st.rerun()

    with says_when_store_unavailable():
        kept = store().snapshots(model.code)
        if not kept and not growing:
            plain.info(why_none(model))
            return
        finished_at_first = past_answers().look(model.code, model.config, kept, image, asker())[1]
        st.fragment(follow, run_every=None if finished_at_first and not growing else HISTORY_POLL_SECONDS)()


def why_none(model: RunModel) -> str:
    """Why a run that is over has no snapshots."""
    if not are_kept(model.config):
        return _("This network is too large for snapshots to be kept: choose fewer filters or dense units.")
    return _(
        "No snapshots of this run are kept (any more): only the newest {count} runs have them. Train it again, and it "
        "has."
    ).format(count=limits().kept_snapshots)


def show_course(answer: Answer, course: PredictionHistory, growing: bool) -> None:
    """The probabilities over the steps: chart, words and table."""
    if not course:
        if growing:
            st.caption(_("The first snapshot of this run is still to come."))
        return
    names = [_(name) for name in answer.model.classes]
    steps = sorted(course)
    probabilities = np.stack([course[step] for step in steps])
    said = course_words(steps, probabilities, names)
    steady_chart(
        "draw_moments_chart", probabilities_over_steps(steps, probabilities, names), said, answer.model.code, news=said
    )
    st.caption(said)
    table: dict[str, list[object]] = {_("step"): list(steps)}
    for digit, name in enumerate(names):
        table[name] = [percent(float(p)) for p in probabilities[:, digit]]
    as_table("draw_moments_table", table)


@st.cache_resource(show_spinner=False)
def past_answers() -> PastAnswers:
    """The server's cache of snapshots' answers."""
    return PastAnswers()
