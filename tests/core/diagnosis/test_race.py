"""Who won a race: simulated races with a known truth, and runs that never reach the target."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest

from lib.core.diagnosis.race import Lap, lap_of, result_of
from lib.core.statistics import T_QUANTILES, fisher_p, ratio_interval
from tests.pages.stories import epochs_of

RACES = 4000


def reached(seconds: float, starting: float = 0.0) -> Lap:
    return Lap(reached=True, seconds=seconds, epochs=1, starting=starting)


NEVER = Lap(reached=False, seconds=60.0, epochs=5)


def times(truth: float, seeds: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Times of races whose first side takes `truth` times as long: what a seed has in common varies twofold and more,
    what remains by 15 %.
    """
    common = np.exp(random.normal(3, 0.7, (RACES, seeds)))
    first, second = np.exp(random.normal(0, 0.15, (2, RACES, seeds)))
    return truth * common * first, common * second


@pytest.mark.parametrize("seeds", [2, 3, 5])
@pytest.mark.parametrize("truth", [1.0, 1.5])
def test_the_interval_holds_the_true_ratio_19_times_of_20(truth: float, seeds: int) -> None:
    random = np.random.default_rng(seeds)
    found = [ratio_interval(*pair) for pair in zip(*times(truth, seeds, random), strict=True)]
    covered = np.mean([low <= truth <= high for _ratio, low, high in found])
    assert covered == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / RACES))
    assert np.median([ratio for ratio, _low, _high in found]) == pytest.approx(truth, rel=0.02)


def test_a_side_wins_by_chance_1_time_of_20_and_mostly_if_it_is_twice_as_fast() -> None:
    random = np.random.default_rng(0)

    def outcomes(truth: float) -> list[str]:
        found = (
            result_of([(reached(one), reached(other)) for one, other in zip(*pair, strict=True)])
            for pair in zip(*times(truth, 5, random), strict=True)
        )
        return [result.outcome for result in found if result]

    even, faster = outcomes(1.0), outcomes(0.5)
    assert even.count("cannot_tell") / RACES == pytest.approx(0.95, abs=0.014)
    assert even.count("first") == pytest.approx(even.count("second"), abs=4 * math.sqrt(RACES * 0.05))
    assert faster.count("first") > 0.99 * RACES
    assert faster.count("second") == 0


def test_the_quantiles_are_those_of_the_t_distribution() -> None:
    for degrees, quantile in enumerate(T_QUANTILES, 1):
        x = np.linspace(0, quantile, 200_001)
        density = (1 + x**2 / degrees) ** (-(degrees + 1) / 2)
        density *= math.gamma((degrees + 1) / 2) / (math.sqrt(degrees * math.pi) * math.gamma(degrees / 2))
        assert np.trapezoid(density, x) == pytest.approx(0.475, abs=1e-6)


@pytest.mark.parametrize("total", [1, 3, 5])
def test_fishers_test_sums_what_is_no_likelier(total: int) -> None:
    """Against every way to choose the successes among all tries, each as likely."""
    for first in range(total + 1):
        for second in range(total + 1):
            chosen = list(itertools.combinations(range(2 * total), first + second))
            of_first = Counter(sum(one < total for one in successes) for successes in chosen)
            no_likelier = sum(ways for ways in of_first.values() if ways <= of_first[first])
            assert fisher_p(first, second, total) == pytest.approx(no_likelier / len(chosen))
    with pytest.raises(ValueError, match="from 0 to total"):
        fisher_p(total + 1, 0, total)


def test_runs_that_never_reach_it_are_counted_and_their_times_are_not_made_up() -> None:
    five = result_of([(reached(10.0), NEVER)] * 5)
    assert five is not None
    assert (five.outcome, five.reached, five.ratio) == ("first", (5, 0), None)
    three = result_of([(reached(10.0), NEVER)] * 3)
    assert three is not None
    assert (three.outcome, three.p) == ("cannot_tell", pytest.approx(0.1))
    mixed = result_of([(reached(1.0), reached(50.0)), (NEVER, reached(50.0)), (reached(1.0), reached(50.0))])
    assert mixed is not None
    assert (mixed.outcome, mixed.reached, mixed.ratio) == ("cannot_tell", (2, 3), None)
    assert result_of([(NEVER, NEVER)] * 5).outcome == "cannot_tell"  # type: ignore[union-attr]
    assert result_of([(reached(1.0), reached(9.0))]) is result_of([]) is None, "one pair has no spread"


def test_the_time_ends_with_the_first_epoch_that_reaches_it() -> None:
    epochs = epochs_of("finished")
    assert [epoch.test_accuracy for epoch in epochs] == [0.9512, 0.9741, 0.9833]
    seconds = [epoch.training_seconds for epoch in epochs]
    assert lap_of(epochs, 0.97, 2.0) == Lap(reached=True, seconds=sum(seconds[:2]), epochs=2, starting=2.0)
    assert lap_of(epochs, 0.99) == Lap(reached=False, seconds=sum(seconds), epochs=3)
    assert lap_of([], 0.9) is None


def test_the_start_can_turn_the_result() -> None:
    pairs = [(reached(10.0 + more, starting=20.0), reached(20.0 + 2 * more, starting=1.0)) for more in (0.0, 0.3, 0.1)]
    assert [result_of(pairs, with_starting).outcome for with_starting in (False, True)] == ["first", "second"]  # type: ignore[union-attr]
