"""Which work is short, and when there are two lanes."""

import base64

import pytest

from lib.core.jobs.lanes import Lane, usual_lanes
from lib.core.jobs.placing import is_undisturbed, lane_of
from lib.core.studies.configs import (
    SHIPPED,
    AaConfig,
    CompareConfig,
    ExportConfig,
    RetraceConfig,
    SaliencyConfig,
    StudyConfig,
    XrayConfig,
)
from lib.core.training.config import TrainConfig

GRADIENT = SaliencyConfig(model=SHIPPED, image=base64.b64encode(bytes(784)).decode(), digit=1)


@pytest.mark.parametrize(
    ("config", "lane", "undisturbed"),
    [
        (TrainConfig(), Lane.LONG, False),
        (CompareConfig(), Lane.LONG, True),
        (AaConfig(), Lane.LONG, True),
        (XrayConfig(), Lane.LONG, False),
        (RetraceConfig(), Lane.SHORT, False),
        (GRADIENT, Lane.SHORT, False),
        (ExportConfig(model="a", format="onnx"), Lane.SHORT, False),
    ],
)
def test_each_kind_has_its_lane(config: TrainConfig | StudyConfig, lane: Lane, undisturbed: bool) -> None:
    assert (lane_of(config), is_undisturbed(config)) == (lane, undisturbed)


@pytest.mark.parametrize(("gigabytes", "lanes"), [(2, 1), (3.9, 1), (4.1, 2), (64, 2)])
def test_little_memory_has_one_lane(gigabytes: float, lanes: int) -> None:
    assert usual_lanes(int(gigabytes * 1e9)) == lanes
