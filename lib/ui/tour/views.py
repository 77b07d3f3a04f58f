"""The lessons' own views of their outputs, where a chart made from the numbers alone would not do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from lib.core.tour.lesson import Value
from lib.core.tour.outputs import Outputs
from lib.ui.tour import api, data, devices, eager, keras, listing, step, tape
from lib.ui.tour.drawn import show_drawn
from lib.ui.tour.ecosystem import views as ecosystem
from lib.ui.tour.ecosystem.diagram import show_diagram
from lib.ui.tour.upgrade.view import show_upgrade

View = Callable[[Outputs], None]

OWN_VIEWS: Mapping[str, Mapping[str, View]] = {
    "why": {"what_the_graph_holds": partial(show_drawn, "what_the_graph_holds")},
    "api": api.VIEWS,
    "eager": eager.VIEWS,
    "tape": tape.VIEWS,
    "keras": keras.VIEWS,
    "models": {"drawn_with_its_shapes": partial(show_drawn, "drawn_with_its_shapes")},
    "data": data.VIEWS,
    "listing": listing.VIEWS,
    "step": step.VIEWS,
    "devices": devices.VIEWS,
    "ecosystem": ecosystem.VIEWS,
}
"""By the lesson's code and its function's name. A view draws what the function returned, below what it printed.

It is asked only once the function has returned.
"""

WIDE: frozenset[View] = frozenset({keras.show_map})
"""Those that need the whole width: they are drawn below code and output."""

BELOW: Mapping[str, Callable[[], None]] = {"api": show_upgrade}
"""By the lesson's code, what stands below it on its page."""

OWN_PICTURES: Mapping[str, Callable[[Mapping[str, Value]], None]] = {"ecosystem": show_diagram}
"""By the lesson's code: a picture below its values, made from those that are chosen."""
