"""Pause, step, resume, another learning rate: requests are followed exactly, and change no number."""

import dataclasses
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.core.training.checkpoints import CheckpointMisfit
from lib.core.training.config import TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.training.events import (
    Checkpoint,
    Compiled,
    Evaluated,
    Finished,
    Inside,
    Paused,
    Progress,
    RateChanged,
    Started,
    Stopped,
)
from lib.core.training.schedule import learning_rates
from lib.ml.training import state
from lib.ml.training.loop import train
from lib.ml.training.trainer import Trainer
from lib.ml.training.trainer_cache import TrainerCache
from tests.ml.conftest import MODES, QUICK, accuracies, cut, follow, kinds, losses, of_kind, same
from tests.waiting import PATIENCE

SMALL = {"filters": 4, "dense_units": 8}
ROOT = Path(__file__).resolve().parents[3]
REST = ControlRequests(pause_after=0)


def stored(checkpoint):
    """The checkpoint as read back from a file."""
    parts = []
    for arrays in (checkpoint.weights, checkpoint.state):
        file = io.BytesIO()
        np.savez(file, **arrays)
        file.seek(0)
        with np.load(file, allow_pickle=False) as read:
            parts.append(dict(read))
    return Checkpoint(step=checkpoint.step, weights=parts[0], state=parts[1])


def last_checkpoint(events):
    return stored(of_kind(events, Checkpoint)[-1])


def in_turns(config, images, pauses, rates=None, kept=None):
    """The events of a run with a pause after each of `pauses`, and learning rates requested as in `rates`, by step."""
    seen, resume = [], None
    for pause in [*pauses, None]:
        wish = at_steps(rates or {}, pause, resume.step if resume else 0)
        part = follow(config, images, wish, resume, kept)
        seen += part
        if not isinstance(part[-1], Paused):
            return seen
        resume = last_checkpoint(part) if of_kind(part, Checkpoint) else resume
    return seen


def at_steps(rates, pause_after, step):
    """Answers with the learning rate of the latest of `rates` that the run, which begins after `step`, has reached."""
    now = [step]

    def wish(event):
        now[0] = event.last_step if isinstance(event, Progress) else now[0]
        wished = [rate for begin, rate in sorted(rates.items()) if begin <= now[0]]
        return ControlRequests(pause_after=pause_after, learning_rate=wished[-1] if wished else None)

    return wish


def numbers(events):
    """The epochs' results, without the times."""
    return [
        dataclasses.replace(event, training_seconds=0, evaluating_seconds=0) for event in of_kind(events, Evaluated)
    ]


def assert_same_run(first, second):
    assert np.array_equal(losses(first), losses(second))
    assert np.array_equal(accuracies(first), accuracies(second))
    assert numbers(first) == numbers(second)
    assert of_kind(first, RateChanged) == of_kind(second, RateChanged)
    assert first[-1] == second[-1]
    assert same(of_kind(first, Checkpoint)[-1].weights, of_kind(second, Checkpoint)[-1].weights)


@pytest.mark.parametrize(
    "changes",
    [
        *({"execution": mode, "dropout": 0.3} for mode in MODES),
        {"network": "fast", "dropout": 0.5, "optimizer": "momentum", "schedule": "one_cycle", **SMALL},
        {"network": "seed", "execution": "xla", "optimizer": "rmsprop", "schedule": "cosine", **SMALL},
        {"network": "lenet", "optimizer": "adamw", "precision": "mixed_bfloat16", "validation_split": 0.2, **SMALL},
        {"network": "fast", "execution": "eager", "optimizer": "sgd", "dropout": 0.2, **SMALL},
    ],
    ids=str,
)
def test_a_paused_and_resumed_run_is_the_unbroken_one(changes, few):
    """Paused in the middle of an epoch, at its end, and in the next one; every turn builds everything anew."""
    config = TrainConfig(**QUICK | {"shuffle_buffer": 50, "steps_per_call": 4} | changes)
    pauses = [4] if config.execution == "xla" else [3, 5, 9]  # XLA compiles for seconds
    broken = in_turns(config, few, pauses)
    assert_same_run(broken, follow(config, few))
    assert [event.step for event in of_kind(broken, Started)] == [0, *pauses]
    assert kinds(broken).count(Inside) == 1 + 2


@settings(max_examples=25)
@given(
    pauses=st.lists(st.integers(0, 21), max_size=6).map(sorted),
    rates=st.dictionaries(st.integers(0, 20), st.sampled_from([1e-4, 3e-3, 0.02]), max_size=3),
    schedule=st.sampled_from(["constant", "one_cycle"]),
)
def test_wherever_it_rests_and_however_the_rate_is_changed(few, warm, pauses, rates, schedule):
    changes = {"steps_per_call": 1, "epochs": 3, "dropout": 0.3, "schedule": schedule}
    config = TrainConfig(**QUICK | changes)
    assert_same_run(
        in_turns(config, few, pauses, rates, warm), follow(config, few, at_steps(rates, None, 0), kept=warm)
    )


@pytest.fixture(scope="module")
def warm():
    return TrainerCache()


def test_another_process_goes_on(few, tmp_path):
    config = TrainConfig(**QUICK, dropout=0.3)
    checkpoint = of_kind(follow(config, few, ControlRequests(pause_after=5)), Checkpoint)[-1]
    np.savez(tmp_path / "weights.npz", **checkpoint.weights)
    np.savez(tmp_path / "state.npz", **checkpoint.state)
    done = subprocess.run(
        [sys.executable, "-c", OTHER_PROCESS, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert np.array_equal(np.load(tmp_path / "losses.npy"), losses(follow(config, few))[5:])


OTHER_PROCESS = """
import sys
from pathlib import Path
import numpy as np
from lib.core.training.config import TrainConfig
from lib.core.data.dataset import load_images
from lib.core.training.events import Checkpoint
from tests.ml.conftest import QUICK, cut, follow, losses
folder = Path(sys.argv[1])
resume = Checkpoint(step=5, weights=dict(np.load(folder / "weights.npz")), state=dict(np.load(folder / "state.npz")))
events = follow(TrainConfig(**QUICK, dropout=0.3), cut(load_images("mnist"), 200, 100), resume=resume)
np.save(folder / "losses.npy", losses(events))
"""


def test_one_step_then_ten_then_a_hundred(few, warm):
    config = TrainConfig(**QUICK | {"epochs": 20})
    resume, parts = None, []
    for until in (1, 11, 111):
        events = follow(config, few, ControlRequests(pause_after=until), resume, warm)
        parts.append(losses(events))
        resume = last_checkpoint(events)
        assert events[-1] == Paused(step=until)
        assert resume.step == until
    assert [len(part) for part in parts] == [1, 10, 100]
    assert np.array_equal(np.concatenate(parts), losses(follow(config, few))[:111])


def test_stepping_through_a_whole_run(few, warm):
    config = TrainConfig(**QUICK)
    assert_same_run(in_turns(config, few, range(1, 14), kept=warm), follow(config, few))


def test_a_wish_to_rest_means_now(few):
    """Sent with 0, or with any step that is behind."""
    for pause_after in (0, 3):
        requests = once_told(Progress, ControlRequests(pause_after=pause_after), lambda event: event.last_step == 5)
        events = follow(TrainConfig(**QUICK, steps_per_call=1), few, requests)
        assert kinds(events)[-3:] == [Progress, Checkpoint, Paused]
        assert events[-1].step == 5


def once_told(kind, requests, which=lambda event: True):
    """Requests nothing until an event of `kind` for which `which` holds, then always `requests`."""
    told = []

    def wish(event):
        told.extend([event] if isinstance(event, kind) and which(event) else [])
        return requests if told else None

    return wish


def test_an_epoch_that_is_over_is_looked_at_before_the_rest(few):
    events = follow(TrainConfig(**QUICK, steps_per_call=1), few, ControlRequests(pause_after=7))
    assert kinds(events)[-5:] == [Progress, Evaluated, Inside, Checkpoint, Paused]
    assert events[-1].step == 7


def test_after_the_last_step_there_is_nothing_to_pause(few):
    assert isinstance(follow(TrainConfig(**QUICK), few, ControlRequests(pause_after=14))[-1], Finished)


def test_resting_before_the_first_step(few):
    events = follow(TrainConfig(**QUICK), few, REST)
    assert kinds(events) == [Started, Compiled, Inside, Checkpoint, Paused]
    rest = follow(TrainConfig(**QUICK), few, resume=last_checkpoint(events))
    assert np.array_equal(losses(rest), losses(follow(TrainConfig(**QUICK), few)))


def test_what_was_saved_is_not_saved_again(few, monkeypatch):
    config = TrainConfig(**QUICK, steps_per_call=1)
    resume = last_checkpoint(follow(config, few, ControlRequests(pause_after=2)))
    assert kinds(follow(config, few, REST, resume)) == [Started, Compiled, Paused]
    monkeypatch.setattr(state, "SAVE_SECONDS", 0.0)
    assert kinds(follow(config, few, ControlRequests(pause_after=2)))[-4:] == [Checkpoint, Progress, Checkpoint, Paused]


def test_a_wish_to_rest_can_be_taken_back(few):
    """It was asked for, saved, and taken back before it was told that it rests."""
    events = follow(TrainConfig(**QUICK), few, lambda event: None if isinstance(event, Checkpoint) else REST)
    assert kinds(events)[:5] == [Started, Compiled, Inside, Checkpoint, Progress]


def test_stop_goes_before_pause(few):
    config = TrainConfig(**QUICK, steps_per_call=1)
    requests = ControlRequests(stop=True, pause_after=2, learning_rate=0.5)
    events = follow(config, few, lambda event: requests if isinstance(event, Progress) else None)
    assert kinds(events)[-3:] == [Progress, Checkpoint, Stopped]
    assert not of_kind(events, RateChanged)


def test_stop_while_it_goes_to_rest(few):
    events = follow(
        TrainConfig(**QUICK), few, lambda event: ControlRequests(stop=isinstance(event, Checkpoint), pause_after=3)
    )
    assert kinds(events)[-3:] == [Checkpoint, Checkpoint, Stopped]
    assert not events[-2].state


def test_after_it_is_told_that_it_rests_nothing_follows(few):
    requests = once_told(Paused, ControlRequests(stop=True))
    assert isinstance(follow(TrainConfig(**QUICK), few, lambda event: requests(event) or REST)[-1], Paused)


@pytest.mark.parametrize("schedule", ["constant", "one_cycle"])
def test_a_rate_wished_before_the_first_step_is_as_if_it_had_been_set(schedule, few, warm):
    config = TrainConfig(**QUICK, schedule=schedule)
    events = follow(config, few, ControlRequests(learning_rate=0.02), kept=warm)
    assert of_kind(events, RateChanged) == [RateChanged(step=0, learning_rate=0.02)]
    assert np.array_equal(losses(events), losses(follow(dataclasses.replace(config, learning_rate=0.02), few)))


def test_the_rate_is_changed_once_and_from_the_next_step_on(few, warm):
    config = TrainConfig(**QUICK, steps_per_call=1)
    events = follow(config, few, at_steps({5: 0.02, 9: 0.001}, None, 0), kept=warm)
    assert of_kind(events, RateChanged) == [
        RateChanged(step=5, learning_rate=0.02),
        RateChanged(step=9, learning_rate=0.001),
    ]
    place = next(i for i, event in enumerate(events) if isinstance(event, RateChanged))
    assert (events[place - 1].last_step, events[place + 1].first_step) == (5, 6)
    unchanged = losses(follow(config, few, kept=warm))
    # The sixth loss is that of the weights after five steps: the new rate shows in the one after it.
    assert np.array_equal(losses(events)[:6], unchanged[:6])
    assert losses(events)[6] != unchanged[6]


def test_the_schedule_goes_on_with_its_new_highest_value(few):
    trainer = Trainer(TrainConfig(**QUICK, schedule="one_cycle"), few)
    trainer.advance(4)
    trainer.change_rate(0.05)
    expected = learning_rates(TrainConfig(**QUICK, schedule="one_cycle", learning_rate=0.05), 14)
    for step in range(4, 7):
        trainer.advance(1)
        assert float(trainer.optimizer.learning_rate) == expected[step]


def test_a_new_rate_is_saved_even_where_the_step_was(few, warm, monkeypatch):
    monkeypatch.setattr(state, "SAVE_SECONDS", 0.0)
    config = TrainConfig(**QUICK, steps_per_call=1)
    requests = once_told(Checkpoint, ControlRequests(pause_after=0, learning_rate=0.02))
    events = follow(config, few, requests, kept=warm)
    assert kinds(events)[-5:] == [Progress, Checkpoint, RateChanged, Checkpoint, Paused]
    # The wish still stands when it goes on, and is fulfilled already.
    rest = follow(config, few, ControlRequests(learning_rate=0.02), last_checkpoint(events), warm)
    assert not of_kind(rest, RateChanged)


def test_saving_in_a_rhythm(few, monkeypatch):
    """Short runs save nothing on their way; long epochs are saved half way, and rather at their end."""
    config = TrainConfig(**QUICK, steps_per_call=2)
    assert [event.step for event in of_kind(follow(config, few), Checkpoint)] == [14]
    monkeypatch.setattr(state, "SAVE_SECONDS_AT_EPOCHS_END", 0.0)
    assert [event.step for event in of_kind(follow(config, few), Checkpoint)] == [7, 14]
    monkeypatch.setattr(state, "SAVE_SECONDS", 0.0)
    saved = of_kind(follow(config, few), Checkpoint)
    assert saved[-1].step == 14
    assert not saved[-1].state
    assert {1, 7} < {event.step for event in saved}


def test_going_on_from_any_checkpoint(few, warm, monkeypatch):
    """What a worker does after another one has died."""
    monkeypatch.setattr(state, "SAVE_SECONDS", 0.0)
    config = TrainConfig(**QUICK, steps_per_call=3, dropout=0.3, patience=1, target_accuracy=0.9)
    unbroken = follow(config, few, kept=warm)
    for checkpoint in of_kind(unbroken, Checkpoint)[:-1]:
        rest = follow(config, few, resume=stored(checkpoint), kept=warm)
        assert np.array_equal(losses(rest), losses(unbroken)[checkpoint.step :])
        assert numbers(rest) == numbers(unbroken)[-len(numbers(rest)) :]
        assert rest[-1] == unbroken[-1]


def test_patience_remembers_over_a_rest(few, warm):
    config = TrainConfig(**QUICK | {"epochs": 60, "steps_per_call": 1}, patience=2, learning_rate=0.05)
    unbroken = follow(config, few, kept=warm)
    assert unbroken[-1].reason == "patience"
    assert in_turns(config, few, range(0, 420, 7), kept=warm)[-1] == unbroken[-1]


@pytest.fixture(scope="module")
def paused(mnist):
    return last_checkpoint(follow(TrainConfig(**QUICK), cut(mnist, 200, 100), ControlRequests(pause_after=3)))


def without(arrays, name):
    return {key: array for key, array in arrays.items() if key != name}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda c: dataclasses.replace(c, state={}), "tally/"),
        (
            lambda c: dataclasses.replace(c, state=without(c.state, "optimizer/iteration")),
            "optimizer/iteration missing",
        ),
        (lambda c: dataclasses.replace(c, weights=without(c.weights, "d1/bias")), "d1/bias missing"),
        (lambda c: dataclasses.replace(c, weights=c.weights | {"d9/bias": np.zeros(3)}), "d9/bias unknown"),
        (lambda c: dataclasses.replace(c, weights=c.weights | {"d1/bias": np.zeros(16)}), "d1/bias is float64"),
        (lambda c: dataclasses.replace(c, step=4), "step 3, not 4"),
        (lambda c: dataclasses.replace(c, state=c.state | {"step": np.array(14)}), "step 14 of a run of 14"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused(change, says, paused, few):
    with pytest.raises(CheckpointMisfit, match=says):
        next(train(TrainConfig(**QUICK), few, change(paused)))


@pytest.mark.parametrize("other", [{"dense_units": 15}, {"optimizer": "sgd"}, {"network": "seed"}, {"dropout": 0.1}])
def test_a_checkpoint_of_another_run_is_refused_and_harms_no_later_one(other, paused, few):
    kept, config = TrainerCache(), TrainConfig(**QUICK | other)
    with pytest.raises(CheckpointMisfit):
        follow(config, few, resume=paused, kept=kept)
    assert isinstance(follow(config, few, kept=kept)[-1], Finished)
