"""The table of formats, and when a file may be handed out."""

import math
from dataclasses import replace

import numpy as np
import pytest

from lib.core.exports.figures import Figures, compared, passes
from lib.core.exports.formats import FORMATS, LARGEST, why_not
from lib.core.i18n import LANGUAGES, translator
from lib.core.studies.works import FORMATS as LABELS
from lib.core.training.architectures import weight_shapes
from lib.core.training.config import TrainConfig

FOUND = Figures(difference=0.0, digits=1000, same=1000, milliseconds=1.0, versions={})


def test_every_format_that_can_be_asked_for_is_described() -> None:
    assert list(FORMATS) == list(LABELS)


@pytest.mark.parametrize("code", FORMATS)
def test_a_file_passes_up_to_its_limits_and_not_beyond(code: str) -> None:
    wanted = FORMATS[code]
    least = math.ceil(wanted.alike * 1000)
    assert passes(replace(FOUND, difference=wanted.within, same=least), wanted)
    assert not passes(replace(FOUND, difference=math.nextafter(wanted.within, 1)), wanted)
    assert not passes(replace(FOUND, difference=math.inf), wanted)
    assert not passes(replace(FOUND, difference=math.nan), wanted)
    assert not passes(replace(FOUND, same=least - 1), wanted)


def test_the_largest_difference_and_the_same_classes_are_counted() -> None:
    ours = np.array([[0.75, 0.25], [0.5, 0.5], [0.25, 0.75]], np.float32)
    theirs = np.array([[0.25, 0.75], [0.5, 0.5], [0.25, 0.75]], np.float32)
    assert compared([ours[:1], ours[1:]], [theirs[:2], theirs[2:]]) == (0.5, 3, 2)


@pytest.mark.parametrize("wrong", [np.full((3, 2), np.nan, np.float32), np.zeros((2, 2), np.float32)])
def test_what_is_no_number_or_missing_is_infinitely_far(wrong: np.ndarray) -> None:
    ours = np.ones((3, 2), np.float32)
    assert compared([ours], [wrong]) == (math.inf, 3, 0)


def test_a_network_is_only_refused_for_its_size_and_told_which() -> None:
    assert {code for code in FORMATS if why_not(TrainConfig(), code)} == set()
    wide = TrainConfig(filters=128, dense_units=1024)
    size = sum(4 * int(np.prod(shape)) for shape in weight_shapes(wide).values())
    assert size > LARGEST
    for language in LANGUAGES:
        refused = why_not(wide, "keras")
        assert refused
        assert f"{size // 10**6} MB" in refused.sentence(translator(language))
    allowed = {code for code in FORMATS if why_not(wide, code) is None}
    assert allowed == {code for code, wanted in FORMATS.items() if wanted.bytes_per_weight < 2}
