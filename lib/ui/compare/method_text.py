"""How a comparison was measured, in words: the protocol, the machine, the ways of running."""

from __future__ import annotations

from collections.abc import Mapping

from lib.core.benchmark.comparison import Comparison
from lib.core.benchmark.factor_words import adam_words, loop_words
from lib.core.benchmark.labels import machine_name, mode_label
from lib.core.studies.configs import CompareConfig
from lib.core.studies.events import Began
from lib.core.studies.modes import way_of
from lib.core.studies.works import WORKS
from lib.ui.shell.language import _
from lib.ui.widgets.text import percent


def protocol_words(comparison: Comparison) -> list[str]:
    """How it was measured: a sentence for each precaution."""
    began = comparison.began
    said = [
        _("Every mode runs the same work with the same weights over the same data, and the results are compared."),
        _("Tracing, the first call with its compiling, and the steady state are three numbers, not one."),
        _(
            "What every mode pays once, such as loading kernels, is paid before in a build that does not count. Then "
            "each is built anew several times, in an order drawn anew: eager has nothing to build."
        ),
        _("Each mode is warmed up until two medians in a row agree within 5 %, within bounds; that does not count."),
        _(
            "Then every round times each mode once, in an order drawn anew, so that no mode always follows the same "
            "other and a machine that grows hot or slow does so to all of them. Rounds: {rounds}, or fewer where the "
            "time is short; they come in two blocks with a pause between."
        ).format(rounds=began.rounds if began else "–"),
        _(
            "A sample is at least 10 ms of work and ends when its result is on the host; the clock counts nanoseconds "
            "and Python's garbage collector is off. A sample in which a function was traced again is void: {voided}."
        ).format(voided=sum(timing.voided for timing in comparison.timings)),
        _(
            "Said are the median and its 95 % interval by order statistics, which no spike can move; a ratio comes "
            "from the samples of the same rounds, so that drift cancels."
        ),
        _(
            "Samples resemble the ones before them, so the interval is as much wider as that makes it; and it reaches "
            "from what one block says to what the other does: nothing is certain on which they do not agree."
        ),
        _(
            "What lasts for a whole run is in no interval of that run: repeat it, or try A/A, to see how far apart two "
            "runs of the same lie."
        ),
        _(
            "In every round it is looked at what others do on this machine, and what other machines take of it. "
            "Disturbed: {disturbed} of {rounds}."
        ).format(disturbed=len(comparison.disturbed), rounds=len(comparison.sampled)),
    ]
    if "session" in comparison.config.modes:
        said.append(_("The Session of TensorFlow 1 runs in a process of its own, in turns with the others."))
    return said


def machine_words(comparison: Comparison) -> list[str]:
    """The machine it was measured on, and whether that was idle."""
    began, measured = comparison.began, comparison.measured
    if began is None:
        return []
    versions = " · ".join(f"{name} {version}" for name, version in began.versions.items())
    said = [
        machine_name(began),
        _("{processors} processors, {memory} GB of memory, {threads} threads for TensorFlow").format(
            processors=began.processors, memory=f"{began.memory / 2**30:.1f}", threads=began.threads
        ),
        versions,
        _("Before: load {load}, {busy} of all processors used by others.").format(
            load=f"{began.load:.2f}", busy=percent(began.busy, 0)
        ),
    ]
    if measured:
        said.append(
            _("Afterwards: load {load}, {busy} of all processors used by others.").format(
                load=f"{measured.load:.2f}", busy=percent(measured.busy, 0)
            )
        )
    return [*said, *circumstances_words(began)]


def circumstances_words(began: Began) -> list[str]:
    """Date, version of the app and flags; values that an older version did not record are left out."""
    said = []
    if began.at:
        said.append(_("Measured at {moment} (UTC), on {system}.").format(moment=began.at, system=began.system))
    if began.commit:
        said.append(_("Version of this app: {commit}.").format(commit=f"`{began.commit}`"))
    if began.flags:
        flags = ", ".join(f"`{name}={value}`" for name, value in began.flags.items())
        said.append(_("Flags: {flags}.").format(flags=flags))
    return said


def modes_words(config: CompareConfig) -> list[str]:
    """A description of each mode."""
    return [mode_label(mode, _) for mode in config.modes]


CODE: Mapping[str, tuple[str, str]] = {
    "eager": ("OneCall", "lib/ml/benchmark/candidates.py"),
    "graph": ("OneCall", "lib/ml/benchmark/candidates.py"),
    "xla": ("OneCall", "lib/ml/benchmark/candidates.py"),
    "session": ("Running", "lib/ml/benchmark/tf1_session.py"),
    "fit": ("Fit", "lib/ml/benchmark/keras_fit.py"),
    "loop": ("Loop", "lib/ml/benchmark/candidates.py"),
    "loop_xla": ("Loop", "lib/ml/benchmark/candidates.py"),
}
"""The code that makes the steps of each way, and its file: the section 'Code' shows it."""


def modes_table(comparison: Comparison) -> dict[str, list[str]]:
    """Each mode's description, who requests its next step, how its Adam is written, and the name of its code."""
    config = comparison.config
    known = {timing.mode: timing.steps for size in config.sizes for timing in comparison.at(size)}
    columns = {
        _("mode"): [mode_label(mode, _) for mode in config.modes],
        _("its loop"): [loop_words(mode, known.get(mode), _) for mode in config.modes],
    }
    if WORKS[config.work].trains:
        columns[_("its Adam")] = [adam_words(mode, _) for mode in config.modes]
    code = (CODE[way_of(mode)] for mode in config.modes)
    return columns | {_("its code"): [f"`{name}` · `{path}`" for name, path in code]}
