"""The lessons' own views of their outputs, where a chart made from the numbers alone would not do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lib.core.tour.lesson import Value
from lib.core.tour.outputs import Outputs
from lib.ui.tour import data, devices, eager, step, tape
from lib.ui.tour.ecosystem import views as ecosystem
from lib.ui.tour.ecosystem.diagram import show_diagram

OWN_VIEWS: Mapping[str, Mapping[str, Callable[[Outputs], None]]] = {
    "eager": eager.VIEWS,
    "tape": tape.VIEWS,
    "data": data.VIEWS,
    "step": step.VIEWS,
    "devices": devices.VIEWS,
    "ecosystem": ecosystem.VIEWS,
}
"""By the lesson's code and its function's name. A view draws what the function returned, below what it printed."""

OWN_PICTURES: Mapping[str, Callable[[Mapping[str, Value]], None]] = {"ecosystem": show_diagram}
"""By the lesson's code: a picture above its values, made from those that are chosen."""
