"""What a live view of a run shows: its line of words, its curves, its text alternative."""

from __future__ import annotations

from lib.core.diagnosis.assess import planned_steps
from lib.core.training.curve import Line
from lib.runs.model.run import Job, Run
from lib.runs.model.view import RunView
from lib.ui.jobs.status import sentence
from lib.ui.shell.language import _
from lib.ui.widgets.text import percent
from lib.ui.widgets.theme import guessing_words, learning_curve

State = dict[str, str | int]
"""What a page is made for. Where it differs from what a page was drawn with, that page's script has to run."""


def state_of(seen: RunView, trouble: str | None) -> State:
    """The run's state for a page: its buttons, its chart's axes, its words on each epoch and each change of the rate.

    `trouble` is that of the engine.
    """
    run = seen.run
    return {
        "open": int(run.is_open),
        "over": int(run.is_over),
        "begun": int(run.step > 0),
        "drawing": drawing_of(seen),
        "epochs": len(seen.epochs) + len(seen.insides) + len(seen.own),
        "rates": len(seen.rate_changes),
        "trouble": trouble or "",
    }


def drawing_of(seen: RunView) -> str:
    """Names what the curves are drawn on: it changes when steps are taken back, or when their number turns out."""
    return f"{seen.drawing}.{total_steps(seen.run)}"


def status_line(seen: RunView) -> str:
    """The run's status code as Markdown's code, and its state as a sentence."""
    return f"`[{seen.run.status}]` {sentence(seen)}"


def share_done(job: Job) -> float:
    """The share of a run's or study's steps that are done, from 0 to 1."""
    return min(1.0, job.step / job.total_steps) if job.total_steps else 0.0


def live_lines(seen: RunView) -> dict[str, Line]:
    """The lines of the live chart, in the order of its traces."""
    return learning_curve(seen.lines, seen.epochs, seen.rate_changes, guess_line(seen.run))


def guess_line(run: Run) -> Line | None:
    """The guessed accuracy, over all steps."""
    if run.guess is None:
        return None
    return Line([0, total_steps(run)], [run.guess, run.guess])


def total_steps(run: Run) -> int:
    """The run's planned number of steps, even before its worker has reported it."""
    return run.total_steps or planned_steps(run.config)


def newest_epoch(seen: RunView) -> str:
    """The newest epoch in one line, announced by screen readers."""
    if not seen.epochs:
        return ""
    last = seen.epochs[-1]
    return _("Epoch {epoch} of {epochs}: test accuracy {accuracy}, test loss {loss}.").format(
        epoch=last.epoch,
        epochs=seen.run.config.epochs,
        accuracy=percent(last.test_accuracy),
        loss=f"{last.test_loss:.4f}",
    )


def alt(seen: RunView) -> str:
    """The live chart as text, which changes once an epoch."""
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
