"""The lessons' own views of their outputs, where a chart made from the numbers alone would not do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lib.core.tour.outputs import Outputs
from lib.ui.tour import data, devices, eager, step, tape

OWN_VIEWS: Mapping[str, Mapping[str, Callable[[Outputs], None]]] = {
    "eager": eager.VIEWS,
    "tape": tape.VIEWS,
    "data": data.VIEWS,
    "step": step.VIEWS,
    "devices": devices.VIEWS,
}
"""By the lesson's code and its function's name. A view draws what the function returned, below what it printed."""
