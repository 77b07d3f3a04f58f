"""What is projected is larger, and shows the same."""

import plotly.graph_objects as go
import pytest

from lib.ui.shell import projector
from lib.ui.widgets import enlarge

SPEC = {
    "traces": [{"x": [1, 2], "marker": {"size": 8, "color": "#000"}, "line": {"width": 2}, "width": 0.5}],
    "layout": {"height": 100, "margin": {"l": 10, "t": 4}, "shapes": [{"label": {"font": {"size": 11}}}]},
}


@pytest.fixture
def projected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enlarge, "is_projected", lambda: True)


def test_elsewhere_a_chart_is_unchanged() -> None:
    assert not projector.is_projected()
    assert enlarge.enlarged(SPEC) == SPEC
    figure = go.Figure()
    assert enlarge.enlarged_figure(figure) is figure


def test_sizes_grow_and_data_do_not(projected: None) -> None:
    assert enlarge.enlarged(SPEC) == {
        "traces": [{"x": [1, 2], "marker": {"size": 12, "color": "#000"}, "line": {"width": 3}, "width": 0.5}],
        "layout": {
            "height": 150,
            "margin": {"l": 15, "t": 6},
            "shapes": [{"label": {"font": {"size": 16.5}}}],
            "font": {"size": 18},
        },
    }
    assert SPEC["layout"]["height"] == 100, "the chart that was given stays as it is"


def test_a_figure_keeps_its_points(projected: None) -> None:
    figure = go.Figure(go.Scatter(x=[1.5, 2.5], y=[3, 4], line={"width": 2}), {"height": 200})
    larger = enlarge.enlarged_figure(figure)
    assert list(larger.data[0].x) == [1.5, 2.5]
    assert (larger.layout.height, larger.layout.font.size, larger.data[0].line.width) == (300, 18, 3)
