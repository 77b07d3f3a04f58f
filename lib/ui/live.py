"""A run as it goes on: status, progress, curves, looked at again and again while the run is open."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from lib.core.config import TrainConfig
from lib.core.curve import Line
from lib.core.events import Failed, why_failed
from lib.core.fit import planned_steps
from lib.core.queue_time import expected_wait
from lib.core.seeds import SCHEME
from lib.core.sentence import percent
from lib.runs.run import Job, Run, Status
from lib.ui.charts import LIVE_HEIGHT, guessing_words, learning_curve, learning_curve_spec
from lib.ui.following import Seen, following
from lib.ui.growing_chart import GrowingChart
from lib.ui.language import _
from lib.ui.paces import known_lengths, known_paces, wait_words
from lib.ui.server import engine, store
from lib.ui.settings_words import settings_words
from lib.ui.trouble import rerun_when_other, said_where_store_is_away
from lib.ui.visitor import may_control
from lib.ui.words import duration

EVERY = 0.5
"""Seconds between two looks at a run of one's own that is going on."""
EVERY_WATCHED = 2.0
"""The same for somebody else's: a whole class may be watching, on the processor that trains."""
EVERY_RESTING = 1.0
"""The same for one that rests: somebody may let it go on in another tab."""


def watch(run: Run) -> None:
    """Shows the run and follows it until it is over.

    `run` is as the page around the chart was drawn with: once it stands otherwise, the whole page is run again.
    """
    chart = GrowingChart("live")
    chart.forget()
    trouble = engine().state().trouble
    within = 0.0  # what is drawn first is no older than the page around it

    def follow() -> None:
        nonlocal within
        with said_where_store_is_away():
            seen = following(run.id).look(within)
            within = 0.0 if may_control(run) else EVERY_WATCHED / 2  # those who watch share what one of them has read
            show_status(seen)
            show_chart(chart, seen)
            if stage(seen.run) != stage(run):
                st.rerun()
        rerun_when_other(trouble)

    st.fragment(follow, run_every=rhythm(run))()


def rhythm(run: Run) -> float | None:
    """Seconds between two looks of this visitor at the run; None for no further look."""
    if run.is_over:
        return None
    if not run.is_open:
        return EVERY_RESTING
    return EVERY if may_control(run) else EVERY_WATCHED


def stage(run: Run) -> tuple[bool, bool, bool]:
    """What the page around the chart depends on: its buttons and its summary."""
    return run.is_open, run.is_over, run.step > 0


def show_nothing_yet() -> None:
    """The place of the live chart before there is a run."""
    with st.container(key="run_status"):
        st.markdown("`[none]` " + _("No run yet. Press Start: the network learns while you watch."))
    spec = partial(learning_curve_spec, TrainConfig().execution, 0, empty=True)
    with st.container(key="live_chart"):
        chart = GrowingChart("live")
        chart.forget()
        chart.draw("", learning_curve(None, ()), spec, _("An empty chart: no run yet."), LIVE_HEIGHT)


def show_status(seen: Seen) -> None:
    """One line that says how the run stands, and a bar for how far it is."""
    run = seen.run
    with st.container(key="run_status"):
        st.markdown(f"`[{run.status}]` {sentence(seen)}")
    share = run.step / run.total_steps if run.total_steps else 0.0
    st.progress(min(1.0, share))


def sentence(seen: Seen) -> str:
    """How the run stands, in the visitor's language."""
    run = seen.run
    match run.status:
        case Status.WAITING:
            return waiting_words(seen.run)
        case Status.STARTING:
            return _("The network is built, traced and compiled; then training begins.")
        case Status.RUNNING:
            return running_sentence(seen)
        case Status.PAUSED:
            return paused_sentence(seen)
        case Status.FINISHED:
            accuracy = percent(seen.epochs[-1].test_accuracy) if seen.epochs else "–"
            return _("Done: {steps} steps, {accuracy} of the test images right.").format(
                steps=f"{run.step:,}", accuracy=accuracy
            )
        case Status.STOPPED:
            return _("Stopped after step {step}; everything until then is kept.").format(step=f"{run.step:,}")
        case Status.FAILED:
            return why_failed(seen.end, _) if isinstance(seen.end, Failed) else ""


def paused_sentence(seen: Seen) -> str:
    """Where the run rests, and what its weights are there."""
    step = seen.run.step
    if not step and seen.run.base:
        return _("Paused before the first step: the weights are those of the model it is tuned from.")
    if not step:
        return _("Paused before the first step: the weights are the seed's first ones. Step looks at one step.")
    rests = _("Paused after step {step}. It goes on from exactly there, whenever you like.").format(step=f"{step:,}")
    return " ".join([rests, *step_words(seen)])


def step_words(seen: Seen) -> list[str]:
    """What the newest step came to, in one sentence; none before the first."""
    if not seen.recent:
        return []
    newest = seen.recent[-1]
    said = _("Step {step}: loss {loss}, {accuracy} of its images right.").format(
        step=f"{newest.step:,}", loss=f"{newest.loss:.4f}", accuracy=percent(newest.accuracy)
    )
    return [said]


def waiting_words(job: Job) -> str:
    """What the run or study waits for: those before it, or TensorFlow."""
    if ahead := store().queue(job):
        return queue_sentence(ahead)
    match engine().state().phase:
        case "ready":
            return _("Starting …")
        case "unreachable":
            return _("The machine that trains does not answer. The run starts as soon as it does.")
        case _other:
            return _("TensorFlow is being loaded, which takes about 10 seconds. The run then starts by itself.")


def queue_sentence(ahead: Sequence[Job]) -> str:
    """Its place in the queue, and how long that will take."""
    place = _("Number {place} in the queue; before this one: {count}.").format(place=len(ahead) + 1, count=len(ahead))
    wait = expected_wait(ahead, known_paces(), len(engine().state().workers), known_lengths())
    if wait is None:
        return f"{place} " + _("How long they take is not known yet.")
    return f"{place} " + _("It will start in {time}.").format(time=wait_words(wait))


def running_sentence(seen: Seen) -> str:
    """Epoch, step, the newest numbers, and the time left."""
    run, config = seen.run, seen.run.config
    parts = [
        _("Epoch {epoch} of {epochs}").format(epoch=min(len(seen.epochs) + 1, config.epochs), epochs=config.epochs),
        _("step {step} of {steps}").format(step=f"{run.step:,}", steps=f"{run.total_steps:,}"),
    ]
    if seen.lines and seen.lines["images_per_second"].y:
        smooth = seen.lines["accuracy_smooth"].y[-1]
        if smooth is not None:
            parts.append(_("train accuracy {accuracy}").format(accuracy=percent(smooth)))
        if left := seconds_left(seen):
            parts.append(_("{time} left").format(time=duration(left)))
    return " · ".join(parts)


def seconds_left(seen: Seen) -> float | None:
    """An estimate from the newest speed and the newest evaluation; None while there is no speed yet."""
    run = seen.run
    speeds = [speed for speed in (seen.lines or {})["images_per_second"].y[-20:] if speed]
    if not speeds:
        return None
    training = (run.total_steps - run.step) * run.config.batch_size / (sum(speeds) / len(speeds))
    evaluating = seen.epochs[-1].evaluating_seconds if seen.epochs else 0.0
    return training + evaluating * (run.config.epochs - len(seen.epochs))


def show_chart(chart: GrowingChart, seen: Seen) -> None:
    """The live chart of loss, accuracy and speed, with what the run was made with."""
    run = seen.run
    with st.container(key="run_settings"):
        st.caption(own_settings(run))
    with st.container(key="live_chart"):
        lines = learning_curve(seen.lines, seen.epochs, seen.rate_changes, guess_line(run))
        is_empty = not lines["loss"].x
        spec = partial(
            learning_curve_spec,
            run.config.execution,
            total_steps(run),
            validation=run.config.validation_split > 0,
            guess=run.guess is not None,
            empty=is_empty,
        )
        # Once there is something to follow, the axes are others: that is another drawing.
        name = f"{run.id}/{'empty' if is_empty else seen.drawing}/{run.total_steps}"
        chart.draw(name, lines, spec, alt(seen), LIVE_HEIGHT, newest_epoch(seen))
    if seen.rate_changes:
        st.caption(rate_words(seen))
    if run.scheme < SCHEME:
        st.caption(scheme_words(run))


def own_settings(run: Run) -> str:
    """What the shown run was made with, whatever the form beside it says by now."""
    return _("This run: {settings}; everything else as in the notes.").format(settings=settings_words(run.config))


def guess_line(run: Run) -> Line | None:
    """The accuracy that was guessed, over all steps."""
    if run.guess is None:
        return None
    return Line([0, total_steps(run)], [run.guess, run.guess])


def total_steps(run: Run) -> int:
    """How many steps the run makes at most, also before its worker has said so."""
    return run.total_steps or planned_steps(run.config)


def rate_words(seen: Seen) -> str:
    """Where the learning rate was changed while it ran, and to what."""
    changes = (
        _("from step {step} on {rate}").format(step=f"{change.step + 1:,}", rate=f"{change.learning_rate:g}")
        for change in seen.rate_changes
    )
    return _("Learning rate: {first}, {changes}.").format(
        first=f"{seen.run.config.learning_rate:g}", changes=", ".join(changes)
    )


def scheme_words(run: Run) -> str:
    """What an older version drew otherwise than this one does, and what that means for the same settings today."""
    words = _(
        "An older version drew this run’s random numbers (first weights, dropout) in a way that other work could "
        "disturb. A new run with the same settings and seed begins with other weights and comes out a little different."
    )
    if run.is_over:
        return words
    return words + " " + _("This one keeps what it has drawn: it goes on from exactly where it stands.")


def newest_epoch(seen: Seen) -> str:
    """The newest epoch in one line, for screen readers to say when it comes."""
    if not seen.epochs:
        return ""
    last = seen.epochs[-1]
    return _("Epoch {epoch} of {epochs}: test accuracy {accuracy}, test loss {loss}.").format(
        epoch=last.epoch,
        epochs=seen.run.config.epochs,
        accuracy=percent(last.test_accuracy),
        loss=f"{last.test_loss:.4f}",
    )


def alt(seen: Seen) -> str:
    """The live chart in words: changes once an epoch."""
    words = _("Learning curves: loss, accuracy and images per second over {steps} steps.").format(
        steps=f"{total_steps(seen.run):,}"
    )
    words += " " + _("A dashed line across the loss marks {guessing}.").format(guessing=guessing_words())
    if not seen.epochs:
        return words
    last = seen.epochs[-1]
    return f"{words} " + _(
        "After epoch {epoch}: train loss {train_loss}, test loss {test_loss}, "
        "train accuracy {train}, test accuracy {test}."
    ).format(
        epoch=last.epoch,
        train_loss=f"{last.train_loss:.4f}",
        test_loss=f"{last.test_loss:.4f}",
        train=percent(last.train_accuracy),
        test=percent(last.test_accuracy),
    )
