from itertools import islice
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from lib.core.diagnosis.confusion import confusion_counts, taken_for
from lib.core.training.config import TrainConfig
from lib.core.training.control import ControlRequests
from lib.core.training.events import (
    Checkpoint,
    Compiled,
    Evaluated,
    Failed,
    Finished,
    Inside,
    Progress,
    Started,
    Stopped,
)
from lib.ml.training import batching, loop, state
from lib.ml.training import trainer as trainer_module
from lib.ml.training.loop import train
from lib.ml.training.trainer import Trainer
from tests.ml.conftest import MODES, QUICK, cut, kinds, losses, of_kind, only
from tests.ml.training.losing import lose_a_weight

STOP = ControlRequests(stop=True)


def test_the_story_of_a_run(few):
    events = list(train(TrainConfig(**QUICK), few))
    told = kinds(events, without=Progress)
    assert told == [Started, Compiled, Inside, *[Evaluated, Inside] * 2, Checkpoint, Finished]
    started = events[0]
    assert (started.step, started.steps_per_epoch, started.total_steps) == (0, 7, 14)
    assert started.device
    assert started.threads >= 1
    assert set(started.versions) == {"python", "tensorflow", "keras", "numpy"}
    assert started.parameters == 784 * 16 + 16 + 16 * 10 + 10
    assert events[-1] == Finished(step=14, reason="epochs")


def test_every_step_is_told_once_and_in_order(few):
    progress = of_kind(train(TrainConfig(**QUICK, steps_per_call=3), few), Progress)
    assert [event.first_step for event in progress[1:]] == [event.last_step + 1 for event in progress[:-1]]
    assert (progress[0].first_step, progress[-1].last_step) == (1, 14)
    assert all(event.images_per_second > 0 for event in progress)


def test_an_epoch_tells_of_every_test_image_what_it_was_taken_for(few):
    events = list(train(TrainConfig(**QUICK), few))
    for evaluated, inside in zip(of_kind(events, Evaluated), of_kind(events, Inside)[1:], strict=True):
        right = np.unpackbits(evaluated.right, count=len(few.y_test)).astype(bool)
        of_class = [int(right[few.y_test == label].sum()) for label in range(10)]
        assert of_class == [row[label] for label, row in enumerate(evaluated.confusion)]
        assert not right[inside.mistakes[:, 0]].any(), "the mistakes are named there too"
        taken = taken_for(few.y_test, evaluated.right, evaluated.mistaken)
        assert confusion_counts(few.y_test, taken).tolist() == [list(row) for row in evaluated.confusion]
        assert taken[inside.mistakes[:, 0]].tolist() == inside.mistakes[:, 2].tolist()


@pytest.mark.parametrize("mode", MODES)
def test_losses_fall(mode, few):
    config = TrainConfig(**QUICK | {"execution": mode, "epochs": 10}, learning_rate=5e-3)
    events = list(train(config, few))
    evaluated = of_kind(events, Evaluated)
    assert losses(events)[-7:].mean() < losses(events)[:7].mean() / 2
    assert evaluated[-1].test_loss < evaluated[0].test_loss
    assert evaluated[-1].test_accuracy > 0.5


def test_epoch_means_are_weighted_by_images(few):
    """200 images in batches of 32: six whole ones and one of 8."""
    events = list(train(TrainConfig(**QUICK | {"epochs": 1}), few))
    images = np.array([32] * 6 + [8])
    (evaluated,) = of_kind(events, Evaluated)
    assert evaluated.train_loss == pytest.approx((losses(events) * images).sum() / 200, rel=1e-6)
    accuracies = np.concatenate([event.accuracies for event in of_kind(events, Progress)])
    assert evaluated.train_accuracy == pytest.approx((accuracies * images).sum() / 200, rel=1e-6)


@pytest.mark.parametrize("mode", MODES)
def test_evaluation_agrees_with_keras(mode, few, monkeypatch):
    monkeypatch.setattr(batching, "TEST_BATCH", 30)  # so that the last batch is shorter here
    trainer = trainer_module.Trainer(TrainConfig(**QUICK | {"execution": mode}), few)
    loss, probabilities = trainer.look(few.x_test, few.y_test)
    expected = trainer.model.predict(few.x_test[..., None] / np.float32(255), verbose=0)
    np.testing.assert_allclose(probabilities, expected, rtol=1e-4, atol=1e-6)
    truth = few.y_test.astype(int)
    assert loss == pytest.approx(-np.log(expected[np.arange(100), truth]).mean(), rel=1e-5)
    confusion = tf.math.confusion_matrix(truth, expected.argmax(1), 10).numpy()
    assert np.array_equal(confusion_counts(few.y_test, probabilities.argmax(1)), confusion)


@pytest.mark.parametrize("mode", MODES)
def test_a_batch_larger_than_the_data_holds_all_of_it(mode, few):
    events = list(train(TrainConfig(**QUICK | {"execution": mode, "batch_size": 5000}), few))
    assert events[0].steps_per_epoch == 1
    assert len(losses(events)) == 2


@pytest.mark.parametrize("mode", MODES)
def test_one_image(mode, few):
    events = list(train(TrainConfig(**QUICK | {"execution": mode, "train_size": 1}), few))
    assert events[-1] == Finished(step=2, reason="epochs")


def test_one_class(mnist):
    """Six epochs: after two it depends on the first weights whether it says 7 of all of them."""
    events = list(train(TrainConfig(**QUICK | {"epochs": 6}, train_size=100), only(cut(mnist, 3000, 500), 7)))
    last = of_kind(events, Evaluated)[-1]
    assert last.test_accuracy == 1.0
    assert sum(map(sum, last.confusion)) == last.confusion[7][7]


@pytest.mark.parametrize("mode", MODES)
def test_a_lost_loss_ends_the_run(mode, few, monkeypatch):
    config = TrainConfig(**QUICK | {"execution": mode, "optimizer": "sgd"}, learning_rate=10.0, activation="gelu")
    events = train(config, few)
    next(events), next(events), next(events)
    lose_a_weight(monkeypatch)
    rest = list(events)
    assert [type(event) for event in rest] == [Progress, Failed]
    assert len(rest[0].losses) == 1
    assert np.isnan(rest[0].losses[-1])
    assert (rest[1].reason, rest[1].step) == ("not_a_number", 1)
    assert rest[1].suspects == ("learning_rate",)


@pytest.mark.parametrize("mode", MODES)
def test_a_lost_loss_is_told_even_if_somebody_stops_right_then(mode, few, monkeypatch):
    events = train(TrainConfig(**QUICK | {"execution": mode}), few)
    next(events), next(events), next(events)
    lose_a_weight(monkeypatch)
    assert isinstance(next(events), Progress)
    assert events.send(STOP).reason == "not_a_number"


@pytest.mark.parametrize("after", [Started, Compiled, Inside, Progress, Evaluated])
def test_stop_after_any_event(after, few):
    events = train(TrainConfig(**QUICK, steps_per_call=2), few)
    seen = [next(events)]
    while not isinstance(seen[-1], after):
        seen.append(next(events))
    last, end = [events.send(STOP), *events]
    assert (type(last), end) == (Checkpoint, Stopped(step={Progress: 1, Evaluated: 7}.get(after, 0)))
    assert (last.step, dict(last.state)) == (end.step, {})


@pytest.mark.parametrize("late", [Checkpoint, Finished])
def test_stop_comes_too_late_for_a_run_that_is_over(late, few):
    events = train(TrainConfig(**QUICK), few)
    while not isinstance(next(events), late):
        pass
    if late is Checkpoint:
        assert isinstance(events.send(STOP), Finished)
    with pytest.raises(StopIteration):
        events.send(STOP)


@pytest.mark.parametrize("mode", ["graph", "xla"])
def test_no_call_is_longer_than_stop_may_wait(mode, mnist, monkeypatch):
    """However many steps a call are asked for. Here each takes 10 ms by a clock of its own, which nothing disturbs."""
    clock, advance = SimpleNamespace(now=0.0), Trainer.advance

    def slowly(trainer, steps):
        losses, accuracies, batch = advance(trainer, steps)
        clock.now += 0.01 * len(losses)
        return losses, accuracies, batch

    monkeypatch.setattr(Trainer, "advance", slowly)
    for room in (loop, state):
        monkeypatch.setattr(room, "time", SimpleNamespace(perf_counter=lambda: clock.now))
    events = train(TrainConfig(**QUICK | {"execution": mode}, steps_per_call=1000), mnist)
    calls = list(islice((event for event in events if isinstance(event, Progress)), 6))
    assert [len(call.losses) for call in calls] == [1] + 5 * [12]
    end = events.send(STOP)
    assert isinstance(end, Checkpoint)
    assert end.step == calls[-1].last_step


def test_checkpoints_hold_the_weights_by_name(few):
    first, second = (of_kind(train(TrainConfig(**QUICK, seed=seed), few), Checkpoint)[-1] for seed in (0, 1))
    assert {name: w.shape for name, w in first.weights.items()} == {
        "d1/kernel": (784, 16),
        "d1/bias": (16,),
        "d2/kernel": (16, 10),
        "d2/bias": (10,),
    }
    assert not np.array_equal(first.weights["d2/bias"], second.weights["d2/bias"])


def test_patience(few):
    """With steps this wild the test loss cannot fall for long."""
    config = TrainConfig(**QUICK | {"epochs": 100}, patience=1, learning_rate=10.0, optimizer="sgd")
    events = list(train(config, few))
    tests = [event.test_loss for event in of_kind(events, Evaluated)]
    assert events[-1].reason == "patience"
    assert tests[-1] >= min(tests[:-1])
    assert tests[:-1] == sorted(tests[:-1], reverse=True)


def test_target_accuracy(few):
    events = list(train(TrainConfig(**QUICK | {"epochs": 100}, target_accuracy=0.5), few))
    reached = [event.test_accuracy >= 0.5 for event in of_kind(events, Evaluated)]
    assert events[-1].reason == "target_accuracy"
    assert reached == [False] * (len(reached) - 1) + [True]


def test_too_little_memory(few, monkeypatch):
    def exhausted(self, steps):
        raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating")

    monkeypatch.setattr(trainer_module.Trainer, "advance", exhausted)
    last = list(train(TrainConfig(**QUICK), few))[-1]
    assert (last.reason, last.step) == ("out_of_memory", 0)
    assert "batch_size" in last.suspects


def test_eager_compiles_nothing(few):
    (compiled,) = of_kind(train(TrainConfig(**QUICK | {"execution": "eager"}), few), Compiled)
    assert compiled == Compiled(tracing_seconds=0.0, compiling_seconds=0.0)


def test_xla_says_what_compiling_took(few):
    (compiled,) = of_kind(train(TrainConfig(**QUICK | {"execution": "xla"}), few), Compiled)
    assert compiled.tracing_seconds > 0
    assert compiled.compiling_seconds > 0
