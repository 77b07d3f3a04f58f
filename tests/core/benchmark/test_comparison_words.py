"""A comparison in words: each sentence appears only if it is true, with the numbers it follows from."""

import itertools
import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.core.benchmark.comparison import CANNOT_TELL, FASTER, comparison_of
from lib.core.benchmark.comparison_words import SHORT, factors, mode_label, mode_short, summary, time_words
from lib.core.i18n import translator, untranslated
from lib.core.studies.configs import MODES, CompareConfig
from tests.core.benchmark.made_comparisons import MS, ROUNDS, began, compared, size_events, swept, wobbling

STEADY = [1.0] * ROUNDS


def said(comparison):
    """All sentences, as one text."""
    return "\n".join(summary(comparison, untranslated))


def sentence(comparison, beginning):
    """The only sentence with this beginning."""
    (found,) = (one for one in summary(comparison, untranslated) if one.startswith(beginning))
    return found


def steady(**milliseconds):
    return {mode: [float(time)] * ROUNDS for mode, time in milliseconds.items()}


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (4.654, "4.65 ms"),
        (4.5, "4.50 ms"),
        (0.0456, "45.6 µs"),
        (0.00032, "320 ns"),
        (1234, "1.23 s"),
        (999.4, "999 ms"),
        (999.9, "1.00 s"),
        (0.99999, "1.00 ms"),
        (100_000, "100 s"),
        (4_200_000, "4,200 s"),
        (0, "0 ms"),
        (1e-6, "1.00 ns"),
        (1e-8, "0.0100 ns"),
    ],
)
def test_durations(milliseconds, text):
    assert time_words(milliseconds) == text


@given(st.floats(1e-7, 1e7))
def test_a_duration_is_off_by_half_a_percent_at_most(milliseconds):
    number, unit = time_words(milliseconds).split()
    size = {"s": 1e3, "ms": 1, "µs": 1e-3, "ns": 1e-6}[unit]
    assert float(number.replace(",", "")) * size == pytest.approx(milliseconds, rel=0.0051)


@pytest.mark.parametrize(
    ("ratios", "texts"),
    [
        ((6.123, 5.9, 6.3), ("6.12", "5.90", "6.30")),
        ((1.02, 1.004, 1.04), ("1.020", "1.004", "1.040")),
        ((0.97, 0.9, 0.99996), ("0.97000", "0.90000", "0.99996")),
        ((1, 1, 1), ("1.00", "1.00", "1.00")),
        ((2, 0, math.inf), ("2.00", "0.00", "∞")),
        ((25.44, 20, 30), ("25", "20", "30")),
        ((81.3, 63, 217), ("81", "63", "217")),
        ((270.9, 268.1, 273), ("270.9", "268.1", "273.0")),
        ((4.64, 4.57, 4.7), ("4.64", "4.57", "4.70")),
        ((4.64, 3.1, 6.2), ("4.6", "3.1", "6.2")),
        ((1234, 630, 2170), ("1,234", "630", "2,170")),
    ],
)
def test_no_bound_reads_as_one_but_one(ratios, texts):
    assert factors(*ratios) == texts


def test_every_mode_has_its_words():
    assert list(SHORT) == list(MODES)
    assert mode_label("xla", untranslated) == MODES["xla"]
    assert len({mode_short(mode, untranslated) for mode in MODES}) == len(MODES)


def test_nothing_is_said_before_the_machine_is_known():
    assert summary(comparison_of(CompareConfig(), []), untranslated) == []


def test_what_was_compared_and_where():
    comparison = compared(steady(eager=30, graph=10))
    assert sentence(comparison, "The notes'") == (
        "The notes' training step (images in a batch: 32) in 2 ways: eager, graph."
    )
    assert sentence(comparison, "Machine") == (
        "Machine: Test machine · CPU. Processors: 2, threads: 2; python 3.11.9, tensorflow 2.21.0."
    )
    once = compared(steady(eager=30, graph=10), machine={"device": "Test machine"})
    assert sentence(once, "Machine").count("Test machine") == 1
    assert "Rounds at each size: 30." in said(comparison)


def test_the_order_and_the_factors():
    text = said(compared({"eager": [30.0] * 29 + [33], "graph": [10.0] * ROUNDS, "session": [5.0] * ROUNDS}))
    assert (
        "From fastest to slowest, by the median time of a step (95 % interval): Session 5.00 ms (5.00 ms to 5.00 ms), "
        "graph 10.0 ms (10.0 ms to 10.0 ms), eager 30.0 ms (30.0 ms to 30.0 ms)."
    ) in text
    assert (
        "Session is faster: 2.00 times as fast as graph (2.00 to 2.00), 6.00 times as fast as eager (6.00 to 6.00) "
        "(95 % intervals)."
    ) in text
    assert "graph is faster: 3.00 times as fast as eager (3.00 to 3.00) (95 % intervals)." in text
    assert "eager is faster" not in text


def test_the_interval_of_a_factor_is_turned_round_with_it():
    # Ratios eager/graph of 2 to 4 in equal steps of their rank: 10th and 21st of 30.
    ratios = [2 + 2 * i / 29 for i in range(30)]
    mixed = [ratio for pair in zip(ratios[:15], reversed(ratios), strict=False) for ratio in pair]
    text = said(compared({"eager": mixed, "graph": STEADY}))
    low, middle, high = ratios[9], math.sqrt(ratios[14] * ratios[15]), ratios[20]
    assert f"graph is faster: {middle:.2f} times as fast as eager ({low:.2f} to {high:.2f})" in text


def test_what_cannot_be_told_apart():
    around = [1 + 0.01 * (-1) ** n * (n + 1) for n in range(30)]
    comparison = compared({"eager": STEADY, "graph": around})
    low, high = sorted(around)[9], sorted(around)[20]
    assert sentence(comparison, "eager and graph") == (
        f"eager and graph cannot be told apart: the ratio of their times lies between {1 / high:.2f} and {1 / low:.2f} "
        "(95 % interval), and 1 is among that."
    )
    assert "faster:" not in said(comparison)
    assert "caught up" not in said(comparison)


def test_too_few_rounds():
    comparison = compared({"eager": 30, "graph": 10}, rounds=5, ended=False)
    text = said(comparison)
    assert "Only 17 % of all rounds were done" in text
    assert "graph (images in a batch: 32) has too few samples to be ranked: 5, where 6 are needed." in text
    assert "fastest" not in text


def test_too_few_rounds_in_common():
    comparison = compared({"eager": 30, "graph": 10}, void={"eager": set(range(1, 14)), "graph": set(range(18, 31))})
    assert "eager and graph cannot be told apart: too few rounds count for both." in said(comparison)


def test_a_comparison_that_is_complete_is_not_called_incomplete():
    assert "Only" not in said(compared(steady(eager=30, graph=10)))


@pytest.mark.parametrize(
    ("eager", "graph", "expected"),
    [
        (30, 5, "it has caught up after 20 steps."),  # 495 ms at 25 ms a step
        (5, 30, "it never catches up."),
        (30, 30, None),
    ],
)
def test_when_the_beginning_is_paid_back(eager, graph, expected):
    about = {"tracing": 400 * MS, "first": (95 + graph) * MS}
    text = said(compared(steady(eager=eager, graph=graph), prepared={"graph": about}))
    if expected is None:
        assert "Tracing and compiling" not in text
    else:
        assert f"Tracing and compiling let graph begin 495 ms later than eager; {expected}" in text


def test_what_began_no_later_has_nothing_to_pay_back():
    assert "Tracing and compiling" not in said(compared(steady(eager=30, graph=5)))


def test_other_results_are_said_and_not_ranked():
    wrong = {"output": 0.25, "weights": 0.125, "agrees": False}
    text = said(compared(steady(eager=30, graph=10, xla=1), agreed={"xla": wrong}))
    assert (
        "XLA (images in a batch: 32) computes something else and is not ranked: after 5 steps its losses differ by up "
        "to 0.25 and its weights by up to 0.12, where 0.0001 is allowed."
    ) in text
    assert "All ways come to the same" not in text
    assert "XLA is faster" not in text
    assert "XLA 1.00 ms" not in text


def test_the_same_results_are_said_with_their_largest_difference():
    text = said(compared(steady(eager=30, graph=10, xla=9), agreed={"xla": {"output": 3e-6, "weights": 1e-8}}))
    assert (
        "All ways come to the same: after 5 steps their losses differ by 3e-06 at most and their weights by 2e-08."
    ) in text
    forwards = said(compared(steady(eager=30, graph=10), work="forward", agreed={"graph": {"weights": 0.0}}))
    assert "All ways come to the same: after 5 steps what they return differs by 1e-07 at most." in forwards


def test_a_busy_machine_is_said():
    text = said(compared(steady(eager=30, graph=10), machine={"busy": 0.31}))
    assert "The machine had other work, which took this share of its processors before and after: 31 %, 2 %." in text
    assert "other work" not in said(compared(steady(eager=30, graph=10)))


def test_disturbed_rounds_are_said_with_what_hangs_on_them():
    quiet = [9.9 + 0.01 * (n % 5) for n in range(1, 31)]
    loud = [time if n % 3 else 40.0 for n, time in enumerate(quiet, 1)]
    text = said(compared({"eager": wobbling(10), "graph": loud, "xla": wobbling(5)}, disturbed=set(range(3, 31, 3))))
    assert (
        "Others used the machine in 10 of 30 rounds: other processes up to 40 % of its processors, other machines on "
        "the same hardware up to 0 %."
    ) in text
    assert (
        "Without these rounds the verdict on eager against graph (images in a batch: 32) is another: slower instead of "
        "cannot be told apart."
    ) in text
    assert text.count("Without these rounds the verdict") == 1
    alike = said(compared(steady(eager=30, graph=10), disturbed={3}))
    assert "Without these rounds every verdict is the same." in alike
    few = said(compared(steady(eager=30, graph=10), disturbed=set(range(1, 28))))
    assert "Too few rounds were undisturbed" in few
    assert "Others used" not in said(compared(steady(eager=30, graph=10)))


def test_how_many_blocks_there_were_is_said():
    assert "The rounds come in 2 blocks" in said(compared(steady(eager=30, graph=10), blocks=2))
    assert "The rounds are one block" in said(compared(steady(eager=30, graph=10)))


def test_traced_again_and_not_settled():
    text = said(
        compared(
            steady(eager=30, graph=10, xla=9, session=8),
            void={"graph": {1, 2}, "xla": set(range(1, 31))},
            warmed={"session": {"settled": False}},
        )
    )
    assert "graph (images in a batch: 32) traced again in 2 of 30 rounds; these times do not count." in text
    assert "XLA (images in a batch: 32) traced again in every round: none of its times counts." in text
    assert "Session (images in a batch: 32) had not settled down when its rounds began" in text
    assert text.count("traced again") == 2
    assert text.count("settled") == 1


def sweep_of(graph_by_size):
    """Eager takes 1 ms at every size, graph the given times."""
    return swept({size: steady(eager=1, graph=graph) for size, graph in graph_by_size.items()})


def test_where_graph_stops_winning():
    text = said(sweep_of({4: 0.5, 64: 0.8, 1024: 1, 2048: 1}))
    unit = "rows and columns of each matrix"
    assert f"graph is faster than eager only at these sizes ({unit}): 4, 64." in text
    assert (
        f"graph stops winning against eager at 1,024 ({unit}): there the ratio of their times lies between 1.00 and "
        "1.00 (95 % interval)."
    ) in text
    assert f"{unit}: 64. From fastest to slowest, by the median time of a step: graph 800 µs, eager 1.00 ms." in text
    assert "graph 1.00 ms. Cannot be told apart there: eager – graph." in text
    assert text.count("Cannot be told apart there") == 2


def test_where_graph_always_or_never_wins():
    always, never = said(sweep_of({4: 0.5, 64: 0.8})), said(sweep_of({4: 1, 64: 2}))
    assert (
        "graph is faster than eager at every size (rows and columns of each matrix): 2.00 times (2.00 to 2.00) at 4, "
        "1.25 times (1.25 to 1.25) at 64."
    ) in always
    assert "graph is faster than eager at none of these sizes" in never
    assert "stops" not in always + never


def test_where_graph_only_wins_at_large_sizes():
    text = said(sweep_of({4: 2, 64: 0.8, 1024: 0.5}))
    assert "only at these sizes (rows and columns of each matrix): 64, 1,024." in text
    assert "stops" not in text


def test_some_of_many_intervals_miss():
    few, many = steady(eager=1, graph=2), steady(eager=1, graph=2, xla=3, session=4)
    assert "misses the truth" not in said(compared(few))
    assert "of the 6 pairs compared here, 0.3 on average." in said(compared(many))


times = st.lists(st.floats(0.5, 2), min_size=8, max_size=8)


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(list(MODES)), times, min_size=2))
def test_each_pair_is_said_once_and_as_its_verdict_has_it(milliseconds):
    comparison = compared(milliseconds, rounds=8, machine={"rounds": 8})
    text = said(comparison)
    faster = {
        match["mode"]: match["others"]
        for match in re.finditer(r"^(?P<mode>.+) is faster: (?P<others>.+) \(95 % intervals\)\.$", text, re.M)
    }
    for mode, other in itertools.permutations(milliseconds, 2):
        ratio = comparison.ratio(32, mode, other)
        ours, theirs = mode_short(mode, untranslated), mode_short(other, untranslated)
        wins = re.search(rf"as fast as {re.escape(theirs)} \(\d", faster.get(ours, "")) is not None
        assert wins == (ratio.verdict == FASTER)
        told = any(f"\n{a} and {b} cannot be told apart" in text for a, b in ((ours, theirs), (theirs, ours)))
        assert told == (ratio.verdict == CANNOT_TELL)


def test_at_any_point_and_in_both_languages_there_are_whole_sentences():
    config = CompareConfig(work="matmul", modes=("eager", "graph", "xla"), sizes=(4, 64))
    about = {"graph": {"tracing": 400 * MS, "first": 100 * MS}}
    parts = [size_events(size, steady(eager=3, graph=2, xla=1), prepared=about) for size in (4, 64)]
    events = [began(), *itertools.chain(*parts)]
    for end in range(len(events) + 1):
        for language in ("en", "ko"):
            sentences = summary(comparison_of(config, events[:end]), translator(language))
            assert all(one.endswith(".") and "{" not in one for one in sentences)
            assert len(set(sentences)) == len(sentences)
