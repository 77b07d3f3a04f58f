"""A run as it goes on: status, progress, curves, looked at twice a second while the run is open."""

from __future__ import annotations

import streamlit as st

from lib.core.config import TrainConfig
from lib.core.events import Failed, why_failed
from lib.runs.run import Status
from lib.ui.charts import LIVE_HEIGHT, learning_curve, learning_curve_spec
from lib.ui.following import Seen, following
from lib.ui.growing_chart import GrowingChart
from lib.ui.language import _
from lib.ui.server import engine, store
from lib.ui.words import duration, percent

EVERY = 0.5
"""Seconds between two looks at a run that is going on."""


def watch(run_id: str) -> None:
    """Shows the run `run_id` and follows it until it is over; then the whole page is run once more."""
    chart = GrowingChart("live")
    chart.forget()
    is_open = following(run_id).look().run.is_open

    def follow() -> None:
        seen = following(run_id).look()
        show_status(seen)
        show_chart(chart, seen)
        if is_open and not seen.run.is_open:
            st.rerun()

    st.fragment(follow, run_every=EVERY if is_open else None)()


def show_nothing_yet() -> None:
    """The place of the live chart before there is a run."""
    with st.container(key="run_status"):
        st.markdown("`[none]` " + _("No run yet. Press Start: the network learns while you watch."))
    spec = learning_curve_spec(TrainConfig().execution, 0)
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
            return waiting_sentence(seen)
        case Status.STARTING:
            return _("The network is built, traced and compiled; then training begins.")
        case Status.RUNNING:
            return running_sentence(seen)
        case Status.FINISHED:
            accuracy = percent(seen.epochs[-1].test_accuracy) if seen.epochs else "–"
            return _("Done: {steps} steps, {accuracy} of the test images right.").format(
                steps=f"{run.step:,}", accuracy=accuracy
            )
        case Status.STOPPED:
            return _("Stopped after step {step}; everything until then is kept.").format(step=f"{run.step:,}")
        case Status.FAILED:
            return why_failed(seen.end, _) if isinstance(seen.end, Failed) else ""


def waiting_sentence(seen: Seen) -> str:
    """What the run waits for: runs before it, or TensorFlow."""
    ahead = store().ahead_of(seen.run)
    if ahead:
        return _("In the queue: runs before this one: {count}.").format(count=ahead)
    match engine().state().phase:
        case "ready":
            return _("Starting …")
        case "unreachable":
            return _("The machine that trains does not answer. The run starts as soon as it does.")
        case _other:
            return _("TensorFlow is being loaded, which takes about 10 seconds. The run then starts by itself.")


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
    """The live chart of loss, accuracy and speed."""
    run = seen.run
    with st.container(key="live_chart"):
        lines = learning_curve(seen.lines, seen.epochs)
        spec = learning_curve_spec(run.config.execution, run.total_steps)
        # Once the run has said how many steps there will be, the axes are others: that is another drawing.
        chart.draw(run.id if run.total_steps else "", lines, spec, alt(seen), LIVE_HEIGHT)


def alt(seen: Seen) -> str:
    """The live chart in words: changes once an epoch."""
    words = _("Learning curves: loss, accuracy and images per second over {steps} steps.").format(
        steps=f"{seen.run.total_steps:,}"
    )
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
