"""Fair turns in a simulated lane: whatever people ask for and however long it takes, nobody is overtaken often."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lib.core.jobs.lanes import Lane
from lib.core.jobs.turns import TURN, place

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
TURN_LONG = TURN[Lane.LONG]


@dataclass
class Asked:
    """A job in the simulation: who asks when (seconds), how long it takes, its place, and when it began."""

    owner: int
    at: float
    seconds: float
    place: datetime = START
    before: int = 0
    began: float | None = None


def moment(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def asks(jobs: list[Asked], job: Asked) -> None:
    """Gives the job its place among those that were asked for before."""
    mine = [other for other in jobs if other.owner == job.owner]
    waiting = [other.place for other in mine if other.began is None]
    had = sum(
        other.began is not None and job.at < max(other.began + other.seconds, other.began + TURN_LONG.total_seconds())
        for other in mine
    )
    job.before = had + len(waiting)
    job.place = place(moment(job.at), TURN_LONG, job.before, max(waiting, default=None))
    jobs.append(job)


def performed(wishes: list[Asked]) -> list[Asked]:
    """The jobs in the order of their beginning, on one worker that always takes the earliest place."""
    wishes, jobs, order, now = sorted(wishes, key=lambda job: job.at), list[Asked](), list[Asked](), 0.0
    while len(order) < len(wishes):
        if all(job.began is not None for job in jobs):
            now = max(now, wishes[len(jobs)].at)
        while len(jobs) < len(wishes) and wishes[len(jobs)].at <= now:
            asks(jobs, wishes[len(jobs)])
        following = min((job for job in jobs if job.began is None), key=lambda job: (job.place, job.at))
        following.began = now
        order.append(following)
        now += following.seconds
    return order


wishes = st.lists(
    st.builds(
        Asked, owner=st.integers(0, 4), at=st.floats(0, 600, allow_nan=False), seconds=st.floats(0.1, 100)
    ),
    min_size=1,
    max_size=25,
    unique_by=lambda job: job.at,
)  # fmt: skip


@given(wishes)
def test_nobody_is_overtaken_by_another_more_often_than_they_had_turns_before(asked: list[Asked]) -> None:
    order = performed(asked)
    for index, job in enumerate(order):
        overtaken = Counter(other.owner for other in order[:index] if other.at > job.at)
        assert all(count <= job.before for owner, count in overtaken.items() if owner != job.owner)
        assert overtaken[job.owner] == 0, "one's own stay in order"
        if not job.before:
            assert not overtaken, "a first one is overtaken by nobody"


@given(wishes)
def test_whoever_asks_after_somebodys_place_comes_after_them(asked: list[Asked]) -> None:
    """So nobody waits for ever, however many others come."""
    order = performed(asked)
    for index, job in enumerate(order):
        assert all(moment(other.at) <= job.place for other in order[:index])


@given(st.lists(st.integers(0, 4), min_size=1, max_size=25))
def test_wishes_of_one_moment_take_turns(owners: list[int]) -> None:
    """The oracle is round robin: everybody's first in the order of asking, then everybody's second, and so on."""
    asked = [Asked(owner, at=number / 1_000, seconds=1) for number, owner in enumerate(owners)]
    jobs: list[Asked] = []
    for job in asked:
        asks(jobs, job)
    rounds = [owners[:number].count(owner) for number, owner in enumerate(owners)]
    expected = [job for _round, _number, job in sorted(zip(rounds, range(len(asked)), asked, strict=True))]
    assert sorted(jobs, key=lambda job: (job.place, job.at)) == expected


def test_a_turn_that_was_long_ago_does_not_count() -> None:
    earlier = Asked(owner=1, at=0, seconds=10)
    performed([earlier])
    jobs = [earlier]
    for seconds, expected in ((TURN_LONG.total_seconds() - 1, 1), (TURN_LONG.total_seconds() + 1, 0)):
        job = Asked(owner=1, at=seconds, seconds=10)
        asks(jobs, job)
        jobs.remove(job)
        assert job.place == moment(seconds) + expected * TURN_LONG
