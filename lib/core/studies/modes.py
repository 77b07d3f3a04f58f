"""The modes: ways of running a work, each with one of two forms of Adam. Two modes may differ in one or in both."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from lib.core.i18n import mark

MODES: Mapping[str, str] = {
    "eager": mark("eager: Python calls one operation after another"),
    "eager_keras": mark("eager, with Keras' Adam of many operations"),
    "graph": mark("graph: one call of a `tf.function` a step"),
    "graph_keras": mark("graph, with Keras' Adam of many operations"),
    "xla": mark("XLA: the same with `jit_compile=True`"),
    "xla_keras": mark("XLA, with Keras' Adam of many operations"),
    "session": mark("session: TensorFlow 1, `Session.run` with a feed"),
    "fit": mark("Keras `fit`"),
    "fit_keras": mark("Keras `fit`, with Keras' Adam of many operations"),
    "loop": mark("in-graph loop: many steps in one call"),
    "loop_keras": mark("in-graph loop, with Keras' Adam of many operations"),
    "loop_xla": mark("in-graph loop of a step that XLA compiled"),
    "loop_xla_keras": mark("in-graph loop of a step that XLA compiled, with Keras' Adam of many operations"),
}
"""Ways of running the same work, by their names in records, links and charts. If the work trains, Adam is one operation
per variable, unless the name says that it is Keras' own."""

KERAS = "_keras"
"""Suffix of the modes with Keras' own Adam."""

ADAMS: Mapping[str, str] = {
    "fused": mark("Adam in one operation for each variable"),
    "keras": mark("Keras' Adam of many operations"),
}
"""The two forms of the same rule."""

OLD_NAMES: Mapping[str, str] = {mode: f"{mode}{KERAS}" for mode in ("eager", "graph", "xla", "fit", "loop_xla")}
"""Today's names of the training modes that once had Keras' Adam under a plain name. The others, `loop` and `session`,
have always had the single operation."""


def way_of(mode: str) -> str:
    """How the step is called, whatever its Adam: the mode's name without that suffix."""
    return mode.removesuffix(KERAS)


def adam_of(mode: str) -> str:
    """The form of Adam in `mode`, one of ADAMS; meaningless if the work does not train."""
    return "keras" if mode.endswith(KERAS) else "fused"


def base_of(modes: Iterable[str]) -> str:
    """The mode to compare the others with: eager if it is among them, else the first."""
    known = list(modes)
    return next((mode for mode in known if way_of(mode) == "eager"), known[0])


def of_way(modes: Iterable[str], way: str) -> str | None:
    """The first of `modes` that is called like `way`; None if there is none."""
    return next((mode for mode in modes if way_of(mode) == way), None)


def old_names_in(modes: Collection[str]) -> dict[str, str]:
    """Old names, with their new ones, that a record of a comparison may contain for these `modes` (today's names)."""
    return {old: new for old, new in OLD_NAMES.items() if new in modes and old not in modes}
