"""The effect of fine-tuning: accuracy on own digits and on MNIST's test set, before and after, with intervals."""

from __future__ import annotations

import streamlit as st

from lib.core.diagnosis.assess import Score
from lib.core.diagnosis.paired import Change, evidence
from lib.core.diagnosis.sentence import FIT
from lib.core.mydigits.finetune_plan import own_parts
from lib.core.mydigits.finetune_result import VERDICTS, own_words, tuned_of
from lib.runs.model.run import Run
from lib.runs.model.view import RunView
from lib.ui.jobs.live import follow_epochs
from lib.ui.shell import page_paths
from lib.ui.shell.language import _
from lib.ui.shell.services import store
from lib.ui.widgets.text import bold, percent

WIDTH = 320
"""Width of one accuracy in pixels: its numbers fit, side by side on a desktop and stacked on a phone."""


def follow_tuned(run: Run) -> None:
    """Both accuracies before and after, for a tuned run, live; nothing for any other run."""
    if run.base:
        follow_epochs("tuned", run, show_tuned)


def show_tuned(seen: RunView) -> None:
    """Both accuracies before and after, as far as they are known."""
    with st.container(key="tuned", border=True):
        st.markdown("##### " + _("Tuned on own digits"))
        st.caption(base_words(seen.run))
        tuned = tuned_of(seen.own)
        if tuned is None:
            st.markdown(_("Both accuracies are measured before the first step, and again after every epoch."))
            return
        with st.container(horizontal=True):
            show_change(_("Own digits"), tuned.own, tuned.epoch)
            show_change(_("MNIST’s test set"), tuned.test, tuned.epoch)
        st.caption(own_words(tuned, _))


def show_change(name: str, change: Change, epoch: int) -> None:
    """Before and, after the first epoch, after, with 95 % intervals and the worth of the difference."""
    before, said = percent(change.before.share), _("Before: {before}.").format(before=score_words(change.before))
    if epoch:
        said = _("Before: {before}. After epoch {epoch}: {after}, {verdict}.").format(
            before=score_words(change.before),
            epoch=epoch,
            after=score_words(change.after),
            verdict=_(VERDICTS[change.verdict()]),
        )
        said = " ".join([said, *(sentence.text(_) for sentence in evidence(FIT, change))])
    with st.container(width=WIDTH):
        st.metric(name, f"{before} → {percent(change.after.share)}" if epoch else before)
        st.markdown(said)


def score_words(score: Score) -> str:
    """Correct digits of all digits, and the 95 % interval of that share."""
    low, high = score.interval
    return _("{right} of {total} (95 % interval {low} to {high})").format(
        right=f"{score.right:,}", total=f"{score.total:,}", low=percent(low, 1), high=percent(high, 1)
    )


def base_words(run: Run) -> str:
    """The run that it began with; digits that the base has already learned from make 'held out' worth less."""
    said = _("It began with the weights of run {run}.").format(run=f"`{run.base[:4]}`")
    if count := no_longer_new(run.id):
        said += " " + _(
            "That one had been tuned too, and had learned from {count} of the digits held out here."
        ).format(count=f"{count:,}")
    return said


@st.cache_data(show_spinner=False, max_entries=100)
def no_longer_new(run_id: str) -> int:
    """How many of a tuned run's held-out digits its earlier runs had learned from. It does not change."""
    tuning = store().tuning(run_id)
    if tuning is None:
        return 0
    learned, tested = own_parts(tuning.digits, store().run(run_id).config.seed)
    before = learned_by(tuning.base)
    return 0 if tested is learned else sum(one in before for one in tested.known_by())


def learned_by(run_id: str) -> set[tuple[int, bytes]]:
    """The own digits that a run and its base runs have learned from: labels and pixels."""
    learned: set[tuple[int, bytes]] = set()
    while run_id and (tuning := store().tuning(run_id)):
        learned |= set(own_parts(tuning.digits, store().run(run_id).config.seed)[0].known_by())
        run_id = tuning.base
    return learned


def link_to_run(run: Run, label: str) -> None:
    """A link to the run's live chart on the Train page."""
    st.page_link(page_paths.TRAIN, label=bold(label), icon=":material/show_chart:", query_params={"run": run.id})
