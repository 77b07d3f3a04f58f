"""What fine-tuning changed: accuracy on own digits and on MNIST's test set, before and after, with intervals."""

from __future__ import annotations

import streamlit as st

from lib.core.fit import Score
from lib.core.sentence import percent
from lib.core.tuned import VERDICTS, Change, own_words, tuned_of
from lib.runs.run import Run, UnknownRun
from lib.ui import places
from lib.ui.following import Seen, follow_epochs
from lib.ui.language import _
from lib.ui.server import store
from lib.ui.words import bold


def follow_tuned(run: Run) -> None:
    """Both accuracies before and after, of a run that is tuned, while it goes on too; nothing of any other."""
    if run.base:
        follow_epochs(run, show_tuned)


def show_tuned(seen: Seen) -> None:
    """Both accuracies before and after, as far as they are known."""
    with st.container(key="tuned", border=True):
        st.markdown("##### " + _("Tuned on own digits"))
        st.caption(base_words(seen.run))
        tuned = tuned_of(seen.own)
        if tuned is None:
            st.markdown(_("Both accuracies are measured before the first step, and again after every epoch."))
            return
        own, test = st.columns(2)
        with own:
            show_change(_("Own digits"), tuned.own, tuned.epoch)
        with test:
            show_change(_("MNIST’s test set"), tuned.test, tuned.epoch)
        st.caption(own_words(tuned, _))


def show_change(name: str, change: Change, epoch: int) -> None:
    """Before and, once an epoch is over, after, with 95 % intervals and what the difference is worth."""
    before = percent(change.before.share)
    if not epoch:
        st.metric(name, before)
        st.markdown(_("Before: {before}.").format(before=score_words(change.before)))
        return
    st.metric(name, f"{before} → {percent(change.after.share)}")
    st.markdown(
        _("Before {before}, after epoch {epoch} {after}: {verdict}.").format(
            before=score_words(change.before),
            epoch=epoch,
            after=score_words(change.after),
            verdict=_(VERDICTS[change.verdict()]),
        )
    )


def score_words(score: Score) -> str:
    """How many of how many, and the 95 % interval of that share."""
    low, high = score.interval
    return _("{right} of {total} (95 % interval {low} to {high})").format(
        right=f"{score.right:,}", total=f"{score.total:,}", low=percent(low, 1), high=percent(high, 1)
    )


def base_words(run: Run) -> str:
    """Which run it began with; one that had learned from own digits before makes 'held out' worth less."""
    said = _("It began with the weights of run {run}.").format(run=f"`{run.base[:4]}`")
    try:
        earlier = store().run(run.base).base
    except UnknownRun:
        return said
    if earlier:
        said += " " + _(
            "That one had been tuned on own digits itself: it may have learned from some that are held out here."
        )
    return said


def link_to_run(run: Run, label: str) -> None:
    """A link to the run's live chart on the Train page."""
    st.page_link(places.TRAIN, label=bold(label), icon=":material/show_chart:", query_params={"run": run.id})
