"""The state of a run or a study as one sentence in the visitor's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from lib.core.jobs.lanes import Lane
from lib.core.jobs.placing import is_undisturbed, lane_of
from lib.core.jobs.wait_estimate import expected_wait
from lib.core.training.events import Failed, why_failed
from lib.runs.model.run import Job, Status
from lib.runs.model.state import EngineState, Phase
from lib.runs.model.view import RunView
from lib.ui.jobs.wait_times import known_lengths, known_paces, wait_words
from lib.ui.shell.language import _
from lib.ui.shell.services import engine, store
from lib.ui.widgets.text import duration, percent


def sentence(seen: RunView) -> str:
    """The run's state, in the visitor's language."""
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


def paused_sentence(seen: RunView) -> str:
    """Where the run is paused, and what its weights are there."""
    step = seen.run.step
    if not step and seen.run.base:
        return _("Paused before the first step: the weights are those of the model it is tuned from.")
    if not step:
        return _("Paused before the first step: the weights are the seed's first ones. Step looks at one step.")
    rests = _("Paused after step {step}. It goes on from exactly there, whenever you like.").format(step=f"{step:,}")
    return " ".join([rests, *step_words(seen)])


def step_words(seen: RunView) -> list[str]:
    """The newest step's results in one sentence; none before the first step."""
    if not seen.recent:
        return []
    newest = seen.recent[-1]
    said = _("Step {step}: loss {loss}, {accuracy} of its images right.").format(
        step=f"{newest.step:,}", loss=f"{newest.loss:.4f}", accuracy=percent(newest.accuracy)
    )
    return [said]


def waiting_words(job: Job) -> str:
    """What the run or study waits for: a comparison beside it, earlier jobs of its lane, or TensorFlow."""
    state, ahead = engine().state(), store().queue(job)
    if Lane.SHORT in state.lanes:
        if why := quiet_words(job, state):
            return why
        ahead = tuple(other for other in ahead if lane_of(other.config) == lane_of(job.config))
    if ahead:
        return " ".join([queue_sentence(ahead, len(state.workers_of(lane_of(job.config)))), *turn_words(job)])
    match phase_for(job, state):
        case "ready":
            return _("Starting …")
        case "unreachable":
            return _("The machine that trains does not answer. The run starts as soon as it does.")
        case "starting" | "loading" | "resting":
            return _("TensorFlow is being loaded, which takes about 10 seconds. The run then starts by itself.")


def quiet_words(job: Job, state: EngineState) -> str | None:
    """Why short work and a comparison wait for each other, which no place in a queue says; None if they do not."""
    if lane_of(job.config) == Lane.SHORT and is_measured_beside(state):
        return _(
            "It waits for a comparison that is being measured, so as not to disturb it, and then starts by itself."
        )
    beside = state.beside(store().open_runs()) if is_undisturbed(job.config) else []
    if beside and all(lane_of(other.config) == Lane.SHORT for other in beside):
        return _("It waits for a short measurement under way, which would disturb it, and then starts by itself.")
    return None


def is_measured_beside(state: EngineState) -> bool:
    """Whether a comparison has a machine of these workers to itself."""
    return any(is_undisturbed(other.config) for other in state.beside(store().open_runs()))


def phase_for(job: Job, state: EngineState) -> Phase:
    """The engine's phase as this job sees it: the worker for short work may have to be started first."""
    if state.phase != "ready" or state.has_loaded(lane_of(job.config)):
        return state.phase
    return "loading" if any(lane_of(other.config) == Lane.LONG for other in store().open_runs()) else "ready"


def queue_sentence(ahead: Sequence[Job], workers: int) -> str:
    """Its place in the queue, and the expected wait until one of so many workers is free."""
    place = _("Number {place} in the queue; before this one: {count}.").format(place=len(ahead) + 1, count=len(ahead))
    wait = expected_wait(ahead, known_paces(), workers, known_lengths())
    if wait is None:
        return f"{place} " + _("How long they take is not known yet.")
    return f"{place} " + _("It will start in {time}.").format(time=wait_words(wait))


def turn_words(job: Job) -> list[str]:
    """What may make the wait longer than it says: those with fewer turns who come meanwhile go first."""
    if job.queued_at <= datetime.now(UTC):
        return []
    return [_("You have had others lately, so whoever comes with fewer still goes first.")]


def running_sentence(seen: RunView) -> str:
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


def seconds_left(seen: RunView) -> float | None:
    """An estimate from the newest speed and the newest evaluation; None while the speed is unknown."""
    run = seen.run
    speeds = [speed for speed in (seen.lines or {})["images_per_second"].y[-20:] if speed]
    if not speeds:
        return None
    training = (run.total_steps - run.step) * run.config.batch_size / (sum(speeds) / len(speeds))
    evaluating = seen.epochs[-1].evaluating_seconds if seen.epochs else 0.0
    return training + evaluating * (run.config.epochs - len(seen.epochs))
