"""The pixels that a network's answer depends on, by its gradient: computed by a worker, because it needs TensorFlow.

Each drawing is sent to a worker once, and only to a free one or to that for short work, so no run waits for it.
"""

from __future__ import annotations

import base64
import threading

import numpy as np
import streamlit as st
from cachetools import LRUCache

from lib.core.data.dataset import Bytes
from lib.core.i18n import mark
from lib.core.inference import explanations
from lib.core.jobs.lanes import Lane
from lib.core.studies.configs import SaliencyConfig
from lib.core.studies.events import Salient
from lib.core.training.events import Failed, why_failed
from lib.runs.model.run import Status, Study, UnknownRun
from lib.ui.draw.explain.occlusion import large, show_pixels
from lib.ui.draw.reading.reading import Answer
from lib.ui.draw.reading.text import first_two
from lib.ui.jobs.status import is_measured_beside, phase_for
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.shell.refusals import refusal
from lib.ui.shell.services import engine, store
from lib.ui.shell.store_health import says_when_store_unavailable
from lib.ui.shell.visitor import visitor
from lib.ui.widgets.background import say_working, wait_until
from lib.ui.widgets.source import source
from lib.ui.widgets.table import as_table

FILE = "lib/ml/saliency.py"
LOADING = mark("TensorFlow is still loading: the gradient comes by itself as soon as it is there.")
BUSY = mark("Every worker has a run or a measurement under way: the gradient comes by itself when one is free.")
MEASURING = mark("A comparison is being measured and nothing may disturb it: the gradient comes by itself after it.")
MEANWHILE = mark("Until then, this is what covering the pixels says, which takes no TensorFlow:")
INSTEAD = mark("Instead, this is what covering the pixels says, which takes no TensorFlow:")
KEPT = 200
"""Cached gradients, 3 KB each."""
STRONGEST = 10

Question = tuple[str, SaliencyConfig]
"""The code of the exact weights, and the drawing with its class."""


class Gradients:
    """The requests so far and their results. Safe from every visitor's thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: LRUCache[Question, str | Salient] = LRUCache(KEPT)

    def known(self, question: Question) -> str | Salient | None:
        """The answer, else the id of the study that computes it, else None."""
        with self._lock:
            return self._known.get(question)

    def keep(self, question: Question, found: str | Salient) -> None:
        """Stores the id of the study, or the answer."""
        with self._lock:
            self._known[question] = found

    def forget(self, question: Question) -> None:
        """Removes the question."""
        with self._lock:
            self._known.pop(question, None)


def show_saliency(answer: Answer, image: Bytes, place: int) -> None:
    """The gradient of the likeliest class; without one, the reason and the result of covering pixels."""
    best, _second = first_two(answer.probabilities[place])
    drawn = base64.b64encode(image.tobytes()).decode()
    question = answer.model.held().code, SaliencyConfig(model=answer.model.code, image=drawn, digit=best)
    with says_when_store_unavailable():
        found = answer_to(question)
        if isinstance(found, Salient):
            show_gradient(found, answer, image)
        elif found:
            plain.info(found)
            st.caption(_(MEANWHILE) if found in map(_, (LOADING, BUSY, MEASURING)) else _(INSTEAD))
            show_pixels(answer, image, place)
        else:
            say_working(_("A worker is working out the gradient. That takes about a second."))
    with st.expander(_("The code that a worker runs for this")):
        st.code(source(FILE, "saliency"), language="python")


def answer_to(question: Question) -> Salient | str | None:
    """The gradient; a text in the visitor's language if there is none, or none soon; None while it is being computed.

    Sends the question to a worker unless that was done before.
    """
    known = gradients().known(question)
    if known is None:
        return asked(question)
    if isinstance(known, Salient):
        return known
    study = study_of(known)
    if study is None:
        gradients().forget(question)
        return asked(question)
    if not study.is_over:
        wait_until(lambda: has_ended(known))
        return delayed(study)
    events = [event for _sequence, event in store().events(known)]
    found = next((event for event in events if isinstance(event, Salient)), None)
    if found is None:
        end = events[-1] if events else None
        return why_failed(end, _) if isinstance(end, Failed) else _("Asking for the gradient was stopped.")
    gradients().keep(question, found)
    return found


def asked(question: Question) -> str | None:
    """Sends the question to a worker; the reason if no worker is free or the visitor has too many open requests."""
    config, me = question[1], visitor()
    if why := occupied():
        wait_until(lambda: occupied() is None)
        return _(why)
    own = store().open_runs_of(me)
    if any(isinstance(job.config, SaliencyConfig) for job in own):
        # One at a time: for someone who draws quickly, the last drawing is the one that is explained.
        wait_until(lambda: not any(isinstance(job.config, SaliencyConfig) for job in store().open_runs_of(me)))
        return None
    if why := refusal(config, own):
        return why
    study = store().create_study(config, owner=me)
    gradients().keep(question, study.id)
    engine().wake()
    wait_until(lambda: has_ended(study.id))
    return delayed(study)


def delayed(study: Study) -> str | None:
    """Why the worker for short work does not answer at once, in the visitor's language; None if it does."""
    state = engine().state()
    if study.status != Status.WAITING or Lane.SHORT not in state.lanes:
        return None
    return _(LOADING) if phase_for(study, state) != "ready" else None


def occupied() -> str | None:
    """Why no worker could answer at once, as a text of the catalogue; None if one could, or is started for it."""
    state = engine().state()
    if not state.takes_work:
        return LOADING
    if Lane.SHORT in state.lanes:
        return MEASURING if is_measured_beside(state) else None
    workers = sum(worker.loaded for worker in state.workers)
    busy = [job for job in store().open_runs() if not isinstance(job.config, SaliencyConfig)]
    return BUSY if len(busy) >= max(1, workers) else None


def study_of(study_id: str) -> Study | None:
    """The study; None if it is no longer kept."""
    try:
        return store().study(study_id)
    except UnknownRun:
        return None


def has_ended(study_id: str) -> bool:
    study = study_of(study_id)
    return study is None or study.is_over


def show_gradient(found: Salient, answer: Answer, image: Bytes) -> None:
    """The gradient beside the drawing, the meaning of its colours, and the most important pixels."""
    digit, reach = _(answer.model.classes[found.digit]), float(np.abs(found.gradient).max())
    said = _(
        "Red: more ink on this pixel would raise the network's score for {digit}. Blue: it would lower it. The "
        "strongest red is +{most} a pixel from paper to ink, the strongest blue −{least}."
    ).format(
        digit=digit,
        most=f"{max(float(found.gradient.max()), 0.0):.3f}",
        least=f"{max(-float(found.gradient.min()), 0.0):.3f}",
    )
    with st.container(horizontal=True, key="draw_gradient"):
        large(image, _("What the network sees"))
        large(explanations.coloured(found.gradient, max(reach, 1e-12)), said)
    st.caption(said)
    st.caption(
        _(
            "The score is what the last layer gives before the softmax makes probabilities of it. A gradient says what "
            "a very small change would do; covering whole patches says what a large one does."
        )
    )
    as_table("draw_gradient_table", strongest(found, image))


def strongest(found: Salient, image: Bytes) -> dict[str, list[object]]:
    """The pixels with the largest gradients in absolute value."""
    order = np.argsort(-np.abs(found.gradient), axis=None, kind="stable")[:STRONGEST]
    rows, columns = np.unravel_index(order, found.gradient.shape)
    pixels = list(zip(rows.tolist(), columns.tolist(), strict=True))
    return {
        _("row"): [row + 1 for row, _column in pixels],
        _("column"): [column + 1 for _row, column in pixels],
        _("ink (0 to 255)"): [int(image[pixel]) for pixel in pixels],
        _("gradient"): [round(float(found.gradient[pixel]), 4) for pixel in pixels],
    }


@st.cache_resource(show_spinner=False)
def gradients() -> Gradients:
    """The server's cache of gradients."""
    return Gradients()
