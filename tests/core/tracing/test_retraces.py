"""The cause of a trace follows from the difference between its signature and the nearest earlier one."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.studies.events import Called
from lib.core.studies.works import CASES
from lib.core.tracing.retraces import (
    CAUSES,
    EXPLANATIONS,
    Argument,
    call_totals,
    cause_of,
    differences_text,
    milliseconds,
    saving,
    signature_text,
    summary,
)


def tensor(name="x", dtype="float32", shape=(3,)):
    return Argument(name, is_tensor=True, dtype=dtype, shape=shape)


def value(name="n", value="5", type_name="int"):
    return Argument(name, is_tensor=False, dtype=type_name, value=value)


X = tensor()
PAIRS = [
    ((X, value(value="1")), (X, value(value="2")), "value"),
    ((X, value()), (X, value(value="5.0", type_name="float")), "type"),
    ((X, value("n")), (X, tensor("n", "int32", ())), "kind"),
    ((X,), (tensor(shape=(4,)),), "shape"),
    ((X,), (tensor(shape=(3, 1)),), "rank"),
    ((X,), (tensor(shape=()),), "rank"),
    ((X,), (tensor(shape=(None,)),), "relaxed"),
    ((tensor(shape=(2, 3)),), (tensor(shape=(None, 3)),), "relaxed"),
    ((tensor(shape=(2, 3)),), (tensor(shape=(None, 4)),), "shape"),
    ((X,), (tensor(shape=None),), "relaxed"),
    ((X,), (tensor(dtype="int64"),), "dtype"),
    ((X,), (tensor(dtype="int64", shape=(4,)),), "several"),
    ((X, value(value="1")), (tensor(dtype="int64"), value(value="2")), "several"),
    ((X,), (X, value()), "structure"),
    ((X, value("n")), (X, value("m")), "structure"),
    ((X,), (X,), "unknown"),
    ((), (), "unknown"),
]


@pytest.mark.parametrize(("before", "now", "code"), PAIRS)
def test_what_differs_is_the_cause(before, now, code):
    assert cause_of(now, [before]).code == code


def test_the_first_call_is_nobodys_fault_and_a_function_made_anew_is():
    assert cause_of((X,), []).code == "first"
    assert cause_of((X,), [], twins=[(X,)]).code == "new_function"
    assert cause_of((tensor(dtype="int8"),), [], twins=[(X,)]).code == "new_function"


def test_a_function_that_has_graphs_is_compared_with_its_own():
    cause = cause_of((tensor(shape=(4,)),), [(X,)], twins=[(tensor(shape=(4,)),)])
    assert cause.code == "shape"


def test_the_nearest_earlier_signature_counts_not_the_last():
    """1, 2 as int32 and then 3 as float32: only the shape is new, as float32 was there before."""
    earlier = [(tensor(shape=(1,)),), (tensor(dtype="int32", shape=(2,)),)]
    cause = cause_of((tensor(shape=(3,)),), earlier)
    assert (cause.code, cause.differences) == ("shape", (("x", "float32 (1,)", "float32 (3,)"),))


def test_of_equally_near_ones_the_newest_counts():
    earlier = [(X, value(value="1")), (X, value(value="2"))]
    assert cause_of((X, value(value="3")), earlier).differences == (("n", "int 2", "int 3"),)


shapes = st.none() | st.lists(st.none() | st.integers(0, 9), max_size=3).map(tuple)
arguments = st.builds(tensor, dtype=st.sampled_from(["float32", "int64"]), shape=shapes) | st.builds(
    value, name=st.just("x"), value=st.sampled_from(["1", "2"]), type_name=st.sampled_from(["int", "str"])
)
signatures = st.lists(arguments, max_size=3).map(
    lambda found: tuple(dataclasses.replace(one, name=f"x{i}") for i, one in enumerate(found))
)


@given(signatures, st.lists(signatures, min_size=1, max_size=4))
def test_any_signature_has_a_cause_with_words(now, earlier):
    cause = cause_of(now, earlier)
    assert cause.code in CAUSES
    assert bool(cause.differences) == (now not in earlier)
    assert (cause.code == "unknown") == (now in earlier)
    assert signature_text(now).count(":") == len(now)


def test_every_case_is_explained():
    assert set(EXPLANATIONS) == set(CASES)


# ---- calls summed up


def called(number, time, traced, **about):
    cause = "value" if traced else ""
    return Called(number=number, call="f(1)", signature="", traced=traced, functions=1, time=time, cause=cause, **about)


CALLS = [called(1, 20_000_000, True), called(2, 400_000, False), called(3, 600_000, False), called(4, 10_000_000, True)]


def test_calls_are_summed_up_in_milliseconds():
    found = call_totals(CALLS)
    assert (found.calls, found.traces, found.functions) == (4, 2, 1)
    assert (found.total, found.tracing, found.steady) == pytest.approx((31.0, 30.0, 0.5))
    assert summary(found) == (
        "2 of 4 calls traced and took 30.0 ms together; concrete functions now: 1. "
        "A call that needs no tracing takes 0.500 ms (median)."
    )
    assert "Not one call could use a graph" in summary(call_totals(CALLS[:1]))
    assert call_totals([]).calls == 0


def test_a_fix_that_saves_nothing_is_not_praised():
    slow, quick = call_totals(CALLS), call_totals(CALLS[1:3] * 2)
    assert saving(slow, quick) == (
        "The fix saved 30.0 ms: calls that traced took 30.0 ms as written, 0.000 ms fixed, of 4 calls. Traces: 2 → 0."
    )
    assert "saved nothing" in saving(quick, slow)
    assert saving(slow, call_totals(CALLS[:3])) == "", "only the same number of calls can be compared"


def test_calls_that_did_not_trace_are_no_saving():
    """Both trace once; what the other calls took is chance."""
    slow = [called(1, 20_000_000, True), *(called(n, 9_000_000, False) for n in range(2, 5))]
    quick = [called(1, 20_000_000, True), *(called(n, 400_000, False) for n in range(2, 5))]
    assert "saved nothing" in saving(call_totals(slow), call_totals(quick))
    assert "Traces: 1 → 1" in saving(call_totals(slow), call_totals(quick))


@pytest.mark.parametrize(
    ("number", "words"), [(0.0412, "0.041 ms"), (1.5, "1.50 ms"), (28.44, "28.4 ms"), (1204, "1,204 ms")]
)
def test_milliseconds_have_the_digits_that_count(number, words):
    assert milliseconds(number) == words


def test_differences_are_said_as_before_and_now():
    call = called(1, 1, True, differences=(("n", "int 1", "int 2"), ("x", "float32 (3,)", "int32 (3,)")))
    assert differences_text(call) == "n: int 1 → int 2; x: float32 (3,) → int32 (3,)"
    assert differences_text(called(1, 1, False)) == ""
