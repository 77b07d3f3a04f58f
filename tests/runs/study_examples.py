"""Example studies, and events to record for them."""

from lib.core.studies.configs import CompareConfig, RetraceConfig, StudyConfig, XrayConfig
from lib.core.studies.events import (
    Agreed,
    Called,
    Measured,
    Prepared,
    Sampled,
    StudyEvent,
    UncontrolledSamples,
    Warmed,
    Xrayed,
)
from tests.runs import light

COMPARISON = CompareConfig(work="matmul", modes=("eager", "graph"), sizes=(4, 16))
STUDIES: tuple[StudyConfig, ...] = (COMPARISON, RetraceConfig(calls=4), XrayConfig())
BEGAN = light.began(rounds=3)


def sampled(size: int, number: int) -> Sampled:
    return Sampled(size=size, round=number, modes=("graph", "eager"), times=(5, 9), starts=(0, 5), void=("eager",))


def called(number: int) -> Called:
    return Called(number=number, call=f"f({number})", signature="()", traced=number == 1, functions=1, time=7)


XRAYED = Xrayed(
    source="def f(): ...",
    converted="",
    nodes=(("a", "Add", ""), ("b", "Mul", "dense")),
    edges=((0, 1),),
    optimised_nodes=(),
    optimised_edges=(),
    hlo="HloModule \0 한",
    optimised_hlo="",
)

OF_A_SIZE: tuple[StudyEvent, ...] = (
    Prepared(size=4, mode="eager", tracing=0, first=3, traces=0, steps=2),
    Agreed(size=4, mode="graph", steps=3, output=float("nan"), weights=0.0, tolerance=1e-5, agrees=False),
    Warmed(size=4, mode="eager", steps=2, times=(9, 8, 8), settled=True),
    sampled(4, 1),
    sampled(4, 2),
    UncontrolledSamples(size=4, mode="eager", steps=2, block=(5, 5), unsynchronised=(1,)),
)
MEASURED = Measured(load=1.5, busy=0.25)
