"""Other load during a measurement: the arithmetic on synthetic readings, and the counters of this machine."""

import subprocess
import sys

import pytest

from lib.core.benchmark.comparison import BUSY
from lib.core.benchmark.other_load import TICKS, Disturbance, GrowingFamily, Processors, Reading, between, watch

START = Reading(clock=100.0, all=50.0, own=10.0, stolen=1.0)


def later(clock=1.0, everybody=0.0, own=0.0, stolen=0.0):
    return Reading(START.clock + clock, START.all + everybody, START.own + own, START.stolen + stolen)


def test_our_own_work_disturbs_nobody():
    assert between(START, later(everybody=2.0, own=2.0), 2) == Disturbance(0.0, 0.0, disturbed=False)


def test_what_is_not_ours_is_others_as_a_share_of_all_processors():
    seen = between(START, later(everybody=1.9, own=1.5), 2)
    assert (seen.others, seen.stolen, seen.disturbed) == (pytest.approx(0.2), 0.0, True)


def test_stolen_time_disturbs_as_well():
    seen = between(START, later(everybody=1.5, own=1.5, stolen=0.5), 2)
    assert (seen.others, seen.stolen, seen.disturbed) == (0.0, pytest.approx(0.25), True)


@pytest.mark.parametrize(("beyond", "disturbed"), [(-0.001, False), (0.001, True)])
def test_a_round_bears_so_much_and_the_counting_may_be_wrong_by_two_ticks(beyond, disturbed):
    """A round of 0.1 s on two processors: 0.02 s that it bears and 0.02 s of counting."""
    others = BUSY * 2 * 0.1 + TICKS + beyond
    assert between(START, later(clock=0.1, everybody=others), 2).disturbed == disturbed


def test_counters_that_went_backwards_are_nothing():
    assert between(START, later(clock=0.0), 2) == Disturbance(0.0, 0.0, disturbed=False)
    assert between(START, later(everybody=-1.0, stolen=-1.0), 2) == Disturbance(0.0, 0.0, disturbed=False)


def test_each_look_is_since_the_last():
    readings = iter([START, later(clock=1.0, everybody=1.0), later(clock=2.0, everybody=1.0)])
    look = watch(lambda: next(readings), processors=2)
    assert [look().others, look().others] == [0.5, 0.0]


def test_this_machines_counters_only_grow_and_know_our_work():
    read = Processors()
    before = read()
    while (after := read()).own < before.own + 0.05:  # works until the system has seen it
        sum(range(10_000))
    assert after.clock > before.clock
    assert after.all >= before.all
    assert after.stolen >= before.stolen


def test_a_family_that_comes_and_goes_never_takes_time_back():
    """A child counts while it is there; when it has ended, what it had used stays counted."""
    family = GrowingFamily()
    before = family()
    busy = "x = 0\nwhile True: x += 1"
    with subprocess.Popen([sys.executable, "-c", busy]) as child:
        while (during := family()) < before + 0.05:
            pass
        child.kill()
    assert family() >= during
