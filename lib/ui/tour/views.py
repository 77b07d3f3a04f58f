"""The lessons' own views of their outputs, where a chart made from the numbers alone would not do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lib.core.tour.outputs import Outputs
from lib.ui.tour import data, eager, keras, listing, step, tape

OWN_VIEWS: Mapping[str, Mapping[str, Callable[[Outputs], None]]] = {
    "eager": eager.VIEWS,
    "tape": tape.VIEWS,
    "keras": keras.VIEWS,
    "data": data.VIEWS,
    "listing": listing.VIEWS,
    "step": step.VIEWS,
}
"""By the lesson's code and its function's name. A view draws what the function returned, below what it printed."""

WIDE = frozenset({keras.show_map})
"""Those that need the whole width: they are drawn below code and output."""
