"""How well the chosen models read a visitor's own digits, computed in the web process."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lib.core.data.dataset import CLASS_NAMES, Bytes
from lib.core.diagnosis.assess import Score
from lib.core.diagnosis.confusion import confusion_counts
from lib.core.diagnosis.paired import Change, changed_of, p_words
from lib.core.inference.litert import in_parts
from lib.core.mydigits.digit_sets import Digits
from lib.ui.draw.reading.models import CannotPredict, Model, RunModel
from lib.ui.jobs.finetune_result import learned_by, score_words
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.widgets.confusion import mixed_up_words, show_confusion
from lib.ui.widgets.text import bold


class Read(NamedTuple):
    """Which digits a model reads correctly, and which are new to it: bool (n,) each."""

    right: NDArray[np.bool_]
    new: NDArray[np.bool_]


def show_tests(models: Sequence[Model], digits: Digits) -> None:
    """For each model, how many of the digits it reads correctly, and what it mistakes the others for."""
    if not digits:
        plain.info(_("There is none yet to test on: draw a digit above, and say what it is."))
        return
    st.caption(
        _("The models chosen at the top of the page read your own digits, {count} in all.").format(
            count=f"{len(digits):,}"
        )
    )
    read: dict[str, Read] = {}
    for number, model in enumerate(models):
        with st.container(key=f"own_result_{number}"):
            st.markdown(bold(model.name()))
            taken = show_test(model, digits, number)
        if taken is not None:
            read[model.name()] = Read(right=taken == digits.labels, new=new_to(model, digits))
    if len(read) > 1:
        with st.container(key="own_against"):
            st.markdown(bold(_("One against another, digit by digit")))
            st.markdown("\n".join(f"- {text}" for text in against_words(read)))


def against_words(read: Mapping[str, Read]) -> list[str]:
    """Each pair of models on the same digits: which of the two reads them better, if either."""
    pairs = list(itertools.combinations(read, 2))
    return [pair_words(one, other, read, tries=len(pairs)) for one, other in pairs]


def pair_words(one: str, other: str, read: Mapping[str, Read], tries: int) -> str:
    """Which of two models better reads the digits that are new to both; one of `tries` such comparisons."""
    new = read[one].new & read[other].new
    if not new.any():
        return _("{one} and {other}: none of these digits is new to both.").format(one=one, other=other)
    before, after = read[one].right[new], read[other].right[new]
    changed = changed_of(before, after)
    change = Change(score_of(before), score_of(after), changed)
    text = {
        "same": _("{one} and {other}: as many right."),
        "better": _("{other} reads more of them right than {one}, more than chance explains."),
        "worse": _("{one} reads more of them right than {other}, more than chance explains."),
        "cannot_tell": _("{one} and {other}: the difference may be chance."),
    }[change.verdict(tries)]
    counted = _("Of {count} digits new to both, only {one}: {lost}; only {other}: {gained} (McNemar’s test: {p}).")
    return f"{text} {counted}".format(
        one=one,
        other=other,
        count=f"{int(new.sum()):,}",
        gained=f"{changed.gained:,}",
        lost=f"{changed.lost:,}",
        p=p_words(changed.p),
    )


def show_test(model: Model, digits: Digits, number: int) -> Bytes | None:
    """One model's accuracy with its 95 % interval, and its table. Returns its answers; None if it cannot read."""
    if any(len(name) > 1 for name in model.classes):
        plain.warning(_("This model tells clothes apart, not digits."))
        return None
    try:
        with st.spinner(_("The model reads your digits …")):
            taken = read_by(model, model.code, weights_of(model), digits.images)
    except CannotPredict as error:
        plain.warning(error.sentence(_))
        return None
    st.markdown(_("Read right: {score}.").format(score=score_words(score_of(taken == digits.labels))))
    new = new_to(model, digits)
    if not new.all():
        st.markdown(learned_words(taken, digits, new))
    show_mix_ups(taken, digits, number)
    return taken


def score_of(right: NDArray[np.bool_]) -> Score:
    """The number of correct digits, from bool (n,)."""
    return Score(int(right.sum()), len(right))


def weights_of(model: Model) -> str:
    """A string that changes whenever the model's answers may change."""
    return model.look() if isinstance(model, RunModel) else ""


@st.cache_data(show_spinner=False, max_entries=40)
def read_by(_model: Model, code: str, weights: str, images: Bytes) -> Bytes:
    """The model's answers with these `weights`, uint8 (n,). Raises CannotPredict."""
    parts = [_model.predict(part).probabilities.argmax(axis=1) for part in in_parts(images)]
    return np.concatenate(parts).astype(np.uint8)


def new_to(model: Model, digits: Digits) -> NDArray[np.bool_]:
    """Which digits neither the model nor the run it was tuned from has learned from, bool (n,)."""
    learned = learned_by(model.run.id) if isinstance(model, RunModel) and model.run.base else set()
    return np.array([one not in learned for one in digits.known_by()], np.bool_)


def learned_words(taken: Bytes, digits: Digits, new: NDArray[np.bool_]) -> str:
    """States that the model has learned from some of the digits, and how it reads the others."""
    if not new.any():
        return _("But it has learned from every one of these digits: how it reads new ones this does not say.")
    others = np.flatnonzero(new)
    return _("But it has learned from {learned} of these digits. Of the others it read right: {score}.").format(
        learned=f"{len(digits) - len(others):,}", score=score_words(score_of((taken == digits.labels)[others]))
    )


def show_mix_ups(taken: Bytes, digits: Digits, number: int) -> None:
    """The confusion matrix of labels and answers."""
    counts, names = confusion_counts(digits.labels, taken), CLASS_NAMES["mnist"]
    said = _("Rows: what you wrote. Columns: what it was read as.")
    said = f"{said} {mixed_up_words(counts, names)}".strip()

    def pictures_of(true: int, taken_as: int) -> Bytes:
        return digits.images[(digits.labels == true) & (taken == taken_as)]

    show_confusion(counts, names, said, f"own_confusion_{number}", pictures_of)
