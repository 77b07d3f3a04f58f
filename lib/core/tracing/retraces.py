"""Why a `tf.function` traced: the difference between its new signature and the earlier ones."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lib.core.i18n import Translate, mark, untranslated
from lib.core.studies.events import Called

NANOSECONDS = 1e6
"""Nanoseconds in a millisecond."""

CAUSES: Mapping[str, str] = {
    "first": mark("first call: there is no graph yet"),
    "new_function": mark("another function: made anew, it knows none of the earlier graphs"),
    "value": mark("another Python value: it is written into the graph as a constant"),
    "kind": mark("a Python value became a tensor, or a tensor a Python value"),
    "type": mark("a Python value of another type"),
    "dtype": mark("another dtype: every operation is chosen for one"),
    "rank": mark("another number of axes"),
    "shape": mark("another shape: the graph was made for one"),
    "relaxed": mark("traced once more, with the size left open: from now on it fits any"),
    "structure": mark("other arguments: their number, names or nesting"),
    "several": mark("more than one thing is other than before"),
    "unknown": mark("the same arguments: something around the call is other, such as the device"),
}
"""The possible causes of a trace."""

EXPLANATIONS: Mapping[str, str] = {
    "python_int": mark(
        "A tensor's value flows through the graph; a Python number is part of it. So each new number is a new graph, "
        "traced and kept. The fix: hand over a tensor."
    ),
    "shape": mark(
        "A graph is made for the shapes of its first call. With `reduce_retracing=True` the second shape makes "
        "TensorFlow leave that axis open, and the third needs no new graph. Who knows beforehand says it with "
        "`input_signature` and has one trace."
    ),
    "dtype": mark(
        "Each dtype needs operations of its own, so each is traced once; one that was seen before is not. The fix: "
        "`input_signature` says the one dtype (and leaves the size open), and NumPy arrays are converted to it."
    ),
    "new_function": mark(
        "The graphs belong to the object that `@tf.function` makes. Made inside the loop, it is new each time and has "
        "none, though code and arguments are the same. The fix: make it once, outside the loop."
    ),
}
"""What goes wrong in each of `lib.core.studies.works.CASES`, and the fix."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument in a signature that a function was traced for.

    A tensor: `dtype` is its dtype, `shape` its shape, with None for a size left open; None as a whole if even the
    number of axes is open. A Python value: `dtype` is its type's name, `value` its repr.
    """

    name: str
    is_tensor: bool
    dtype: str
    shape: tuple[int | None, ...] | None = None
    value: str = ""

    def what(self) -> str:
        """For example 'float32 (3, None)' or 'int 5'."""
        return f"{self.dtype} {self.shape_text() if self.is_tensor else self.value}".strip()

    def shape_text(self) -> str:
        """The shape as Python writes it; '?' if even the number of axes is open."""
        return "?" if self.shape is None else str(self.shape)


Signature = tuple[Argument, ...]


def signature_text(signature: Signature) -> str:
    """For example 'x: float32 (3,), n: int 5'."""
    return ", ".join(f"{argument.name}: {argument.what()}" for argument in signature)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a call traced: a key of CAUSES, and each argument that differs as (name, before, now)."""

    code: str
    differences: tuple[tuple[str, str, str], ...] = ()


def cause_of(now: Signature, same: Sequence[Signature], twins: Sequence[Signature] = ()) -> Cause:
    """Why a trace for the signature `now` was needed.

    `same`: the earlier signatures of this function, oldest first. `twins`: the signatures of other functions made from
    the same Python code.
    """
    if not same:
        return Cause("new_function" if twins else "first")
    nearest = min(reversed(same), key=lambda earlier: distance(now, earlier))
    if names(now) != names(nearest):
        return Cause("structure", (("", signature_text(nearest), signature_text(now)),))
    pairs = [(before, after) for before, after in zip(nearest, now, strict=True) if before != after]
    codes = {code for before, after in pairs for code in differences(before, after)}
    code = "unknown" if not codes else "several" if len(codes) > 1 else next(iter(codes))
    return Cause(code, tuple((after.name, before.what(), after.what()) for before, after in pairs))


def names(signature: Signature) -> tuple[str, ...]:
    """The names of all its arguments."""
    return tuple(argument.name for argument in signature)


def distance(now: Signature, earlier: Signature) -> int:
    """The number of differences; arguments that only one signature has weigh more than all shared ones."""
    if names(now) != names(earlier):
        return 1000 + len(set(names(now)) ^ set(names(earlier)))
    return sum(len(differences(before, after)) for before, after in zip(earlier, now, strict=True))


def differences(before: Argument, now: Argument) -> tuple[str, ...]:
    """The differences between two arguments of the same name, as keys of CAUSES."""
    if before.is_tensor != now.is_tensor:
        return ("kind",)
    if not now.is_tensor:
        if before.dtype != now.dtype:
            return ("type",)
        return ("value",) if before.value != now.value else ()
    found = ["dtype"] if before.dtype != now.dtype else []
    if before.shape != now.shape:
        found.append(shape_difference(before.shape, now.shape))
    return tuple(found)


def shape_difference(before: tuple[int | None, ...] | None, now: tuple[int | None, ...] | None) -> str:
    """The kind of difference between two unequal shapes."""
    if now is None:
        return "relaxed"
    if before is None or len(before) != len(now):
        return "rank"
    # If only sizes became open, TensorFlow itself has generalised the arguments.
    relaxed = all(new is None or new == old for old, new in zip(before, now, strict=True))
    return "relaxed" if relaxed else "shape"


@dataclass(frozen=True, slots=True)
class CallTotals:
    """A summary of calls. Times in milliseconds; `steady` is the median of the calls that did not trace, or None."""

    calls: int
    traces: int
    functions: int
    total: float
    tracing: float
    steady: float | None


def call_totals(calls: Iterable[Called]) -> CallTotals:
    """The summary of all calls of one function, or of several made from the same code."""
    known = tuple(calls)
    traced = [call.time / NANOSECONDS for call in known if call.traced]
    others = [call.time / NANOSECONDS for call in known if not call.traced]
    return CallTotals(
        calls=len(known),
        traces=len(traced),
        functions=known[-1].functions if known else 0,
        total=sum(traced) + sum(others),
        tracing=sum(traced),
        steady=statistics.median(others) if others else None,
    )


def milliseconds(value: float) -> str:
    """With three significant digits, such as '0.412 ms', '28.4 ms', '1,204 ms'."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3
    return f"{value:,.{digits}f} ms"


def summary(sum_of: CallTotals, _: Translate = untranslated) -> str:
    """The cost of the calls, in one or two sentences."""
    text = mark("{traces} of {calls} calls traced and took {tracing} together; concrete functions now: {functions}.")
    said = _(text).format(
        traces=sum_of.traces,
        calls=sum_of.calls,
        tracing=milliseconds(sum_of.tracing),
        functions=sum_of.functions,
    )
    if sum_of.steady is None:
        return f"{said} " + _("Not one call could use a graph that was there already.")
    rest = _("A call that needs no tracing takes {steady} (median).")
    return f"{said} " + rest.format(steady=milliseconds(sum_of.steady))


def saving(written: CallTotals, fixed: CallTotals, _: Translate = untranslated) -> str:
    """The tracing time that the fix saved, for the same number of calls; it also says if nothing was saved.

    Only calls that traced count: the time of the others differs by chance, and the fix does not change it.
    """
    if written.calls != fixed.calls:
        return ""
    values = {
        "before": milliseconds(written.tracing),
        "after": milliseconds(fixed.tracing),
        "calls": fixed.calls,
        "traces": f"{written.traces} → {fixed.traces}",
    }
    if fixed.traces >= written.traces or fixed.tracing >= written.tracing:
        text = mark(
            "This time the fix saved nothing: calls that traced took {before} as written, {after} fixed, of {calls} "
            "calls. Traces: {traces}."
        )
        return _(text).format(**values)
    text = mark(
        "The fix saved {saved}: calls that traced took {before} as written, {after} fixed, of {calls} calls. "
        "Traces: {traces}."
    )
    return _(text).format(saved=milliseconds(written.tracing - fixed.tracing), **values)


def differences_text(call: Called) -> str:
    """The differences from the nearest earlier signature, such as 'n: int 1 → int 2'; '' if there are none."""
    return "; ".join(f"{name + ': ' if name else ''}{before} → {now}" for name, before, now in call.differences)
