"""Parallel coordinates: where values lie on their axes, which of them are named, and names from outside as text."""

from datetime import UTC, datetime

import pytest

from lib.core.training.config import TrainConfig
from lib.runs.model.run import Run, Status
from lib.ui.runs.groups.parallel import LETTERS, differing, heights, labels, parallel


def run_with(accuracy: float, name: str = "", **settings: object) -> Run:
    now = datetime.now(UTC)
    return Run(
        id=f"run {accuracy}", config=TrainConfig(**settings), status=Status.FINISHED, step=1, total_steps=1,  # type: ignore[arg-type]
        engine=None, worker=None, created_at=now, queued_at=now, claimed_at=None, ended_at=None, name=name,
        accuracy=accuracy,
    )  # fmt: skip


def test_numbers_lie_by_their_size_far_apart_ones_by_their_logarithm_and_names_in_their_order() -> None:
    assert heights([32, 64, 128]) == pytest.approx([0, 1 / 3, 1])
    assert heights([0.0001, 0.001, 0.01]) == pytest.approx([0, 0.5, 1])
    assert heights([0.0, 0.5, 0.1]) == pytest.approx([0, 1, 0.2])
    assert heights(["adam", "sgd", "adam"]) == [0, 1, 0]
    assert heights([5, 5]) == [0.5, 0.5]


def test_a_line_for_each_run_ends_at_its_accuracy() -> None:
    runs = [run_with(0.9, "<b>worst</b>", seed=1), run_with(0.98, seed=2, optimizer="sgd"), run_with(0.94, epochs=6)]
    names = differing(runs)
    assert names == ["epochs", "optimizer"], "the seed is no axis where others are"
    assert differing([run_with(0.9, seed=1), run_with(0.9, seed=2)]) == ["seed"]
    figure = parallel(runs, names)
    assert [list(line.y) for line in figure.data] == [[0, 0, 0], [0, 1, 1], [1, 0, pytest.approx(0.5)]]
    assert figure.data[0].text[0].startswith("&lt;b&gt;worst&lt;/b&gt;: 5")
    assert len({line.line.color for line in figure.data}) == 3


def test_an_axis_with_many_values_names_its_ends_and_long_names_are_cut() -> None:
    many = {str(number): number / 9 for number in range(10)}
    assert [label["text"] for label in labels(0, many, last=False)] == ["0", "9"]
    assert len(labels(0, {"a": 0.0, "b": 0.5, "c": 1.0}, last=False)) == 3
    (long,) = labels(0, {"a name that is too long": 0.0}, last=True)
    assert len(long["text"]) == LETTERS
