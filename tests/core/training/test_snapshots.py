"""Snapshots of a run: dense at first, at the ends of epochs, never too many, and at the same steps after a pause."""

from hypothesis import given
from hypothesis import strategies as st

from lib.core.training.config import TrainConfig
from lib.core.training.snapshots import MAX_SNAPSHOTS, are_kept, is_due


def taken(calls: list[int], per_epoch: int, epochs: int, since: int = 0) -> list[int]:
    """The steps with snapshots, if calls end after `calls`."""
    return [
        step for before, step in zip([since, *calls], calls, strict=False) if is_due(before, step, per_epoch, epochs)
    ]


def test_steps_one_by_one_have_one_at_each_power_of_two_and_epochs_end() -> None:
    assert taken(list(range(1, 31)), per_epoch=10, epochs=3) == [1, 2, 4, 8, 10, 16, 20, 30]


def test_a_power_of_two_within_a_call_is_seen_at_its_end() -> None:
    assert taken([1, 26, 51, 76, 100, 130], per_epoch=100, epochs=2) == [1, 26, 51, 76, 100, 130]
    assert taken([60, 61, 70, 100, 101], per_epoch=100, epochs=2) == [60, 70, 100]


@given(st.integers(1, 60_000), st.integers(1, 100), st.integers(1, 200))
def test_there_are_never_too_many_and_always_one_at_the_end(per_epoch: int, epochs: int, call: int) -> None:
    total = per_epoch * epochs
    ends = {step for epoch in range(epochs) for step in range(epoch * per_epoch, (epoch + 1) * per_epoch, call)}
    # Only calls around what matters: the ends of epochs, and what lies next to a power of two.
    near = {1 << k for k in range(total.bit_length())} | {k * per_epoch for k in range(1, epochs + 1)}
    calls = sorted({step for step in near if step <= total} | {step for step in sorted(ends)[:500] if step})
    steps = [0, *taken(calls, per_epoch, epochs)]
    assert len(steps) <= MAX_SNAPSHOTS
    assert steps[-1] == total


@given(st.integers(1, 500), st.integers(1, 5), st.lists(st.integers(1, 40), min_size=1, max_size=60), st.data())
def test_a_run_that_goes_on_has_them_at_the_same_places(
    per_epoch: int, epochs: int, lengths: list[int], data: st.DataObject
) -> None:
    calls = [sum(lengths[: k + 1]) for k in range(len(lengths))]
    calls = [step for step in calls if step <= per_epoch * epochs] or [1]
    rest = data.draw(st.sampled_from(calls))
    until, after = [step for step in calls if step <= rest], [step for step in calls if step > rest]
    assert taken(until, per_epoch, epochs) + taken(after, per_epoch, epochs, since=rest) == taken(
        calls, per_epoch, epochs
    )


def test_the_notes_network_has_them_and_one_of_hundreds_of_megabytes_has_none() -> None:
    assert are_kept(TrainConfig())
    assert not are_kept(TrainConfig(filters=128, dense_units=1024))
