"""Sentences about factors follow from their verdicts, in both languages, and never claim more."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.benchmark.comparison import CANNOT_TELL, FASTER, SLOWER
from lib.core.benchmark.factor_words import (
    LOOPS,
    SHORT,
    adam_words,
    effect_words,
    factor_sentences,
    lesson,
    lesson_of_sizes,
    loop_words,
)
from lib.core.benchmark.factors import FACTORS, effects
from lib.core.i18n import LANGUAGES, translator, untranslated
from lib.core.studies.configs import CompareConfig
from lib.core.studies.modes import MODES, way_of
from tests.core.benchmark.made_comparisons import compared, swept

SIZE = 32
USUAL = CompareConfig().modes
CLEAR = {"eager": 30, "graph": 10, "graph_keras": 14, "xla": 8, "session": 10, "fit": 12, "loop": 10, "loop_xla": 8}
"""Milliseconds of the usual modes, varied by 1 %: differences are certain, equal times cannot be told apart."""


def test_the_lesson_of_the_usual_modes():
    assert lesson(compared(CLEAR), SIZE, untranslated) == (
        "A graph is 3.00 times as fast as eager because Python no longer calls each operation; faster still by Adam in "
        "one operation (1.40 times), XLA (1.25 times); slower by Keras fit (1.20 times as long); no "
        "difference can be told of 10 steps a call, Session."
    )


@pytest.mark.parametrize(
    ("graph", "said"),
    [
        (10, "A graph is 3.00 times as fast as eager because Python no longer calls each operation"),
        (30, "A graph and eager cannot be told apart"),
        (60, "A graph takes 2.00 times as long as eager"),
    ],
)
def test_what_a_graph_is_worth_is_said_as_its_verdict_has_it(graph, said):
    assert lesson(compared({"eager": 30, "graph": graph}), SIZE, untranslated).startswith(said)


def test_without_two_modes_that_differ_in_one_factor_there_is_no_lesson():
    assert lesson(compared({"graph_keras": 14, "session": 10}), SIZE, untranslated) == ""
    assert lesson(compared({"eager": 30, "graph": 10}, rounds=3), SIZE, untranslated) == ""


@given(st.fixed_dictionaries({mode: st.sampled_from([5.0, 10.0, 20.0]) for mode in USUAL}))
def test_no_sentence_says_more_than_the_verdicts(times):
    comparison = compared(times)
    said = lesson(comparison, SIZE, untranslated)
    faster = said.partition("faster still by ")[2].partition(";")[0]
    first = {effect.factor: effect for effect in reversed(effects(comparison, SIZE))}
    assert set(first) == set(FACTORS)
    for factor, short in SHORT.items():
        name = short.format(steps=10)
        assert (name in faster) == (first[factor].verdict == FASTER)
        assert name in said
        untold = said.partition("no difference can be told of ")[2]
        assert (name in untold) == (first[factor].verdict == CANNOT_TELL)
    for effect in effects(comparison, SIZE):
        words = effect_words(effect, untranslated)
        assert ("cannot tell" in words) == (effect.verdict == CANNOT_TELL)
        assert ("times as long" in words) == (effect.verdict == SLOWER)


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_every_sentence_is_filled_in_in_every_language(lang):
    _ = translator(lang)
    for comparison in (compared(CLEAR), compared(dict.fromkeys(USUAL, 5))):
        for said in (lesson(comparison, SIZE, _), *factor_sentences(comparison, _)):
            assert said
            assert not re.search(r"[{}]", said)
    for mode in MODES:
        assert not re.search(r"[{}]", loop_words(mode, None, _) + adam_words(mode, _))
    assert set(LOOPS) == {way_of(mode) for mode in MODES}


@pytest.mark.parametrize(
    ("work", "first", "last", "said"),
    [
        (
            "matmul",
            2,
            9,
            "which count less the more there is to do in each: 5.00 times as fast as eager at 4, 1.11 times",
        ),
        ("tiny_ops", 5, 1, "the more of them there are: 2.00 times as fast as eager at 4, 10.00 times at 64"),
        # The other way round there is no cause that these works show.
        ("matmul", 5, 1, "A graph is 2.00 times as fast as eager at 4, 10.00 times at 64."),
        ("tiny_ops", 2, 9, "A graph is 5.00 times as fast as eager at 4, 1.11 times at 64."),
        ("matmul", 5, 5, "That the size changes what a graph is worth cannot be told"),
    ],
)
def test_what_a_sweep_teaches(work, first, last, said):
    comparison = swept({4: {"eager": 10, "graph": first}, 64: {"eager": 10, "graph": last}}, work=work)
    assert said in lesson_of_sizes(comparison, untranslated)
    assert lesson_of_sizes(swept({4: {"eager": 10, "xla": 1}, 64: {"eager": 10, "xla": 1}}), untranslated) == ""
