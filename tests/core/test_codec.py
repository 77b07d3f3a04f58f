"""Values are converted to JSON and back by the types of their fields, and errors name the value that does not fit."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lib.core.codec import Misfit, from_json, from_plain, to_json, to_plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A field of each supported type."""

    count: int
    name: str = "nan"
    good: bool = True
    share: float = 0.5
    limit: float | None = None
    times: tuple[int, ...] = ()
    rows: tuple[tuple[str, float], ...] = ()
    shares: Mapping[str, float] = field(default_factory=dict)
    image: NDArray[np.uint8] | None = field(default=None, compare=False)


WHOLE = Reading(
    count=2**63 - 1,
    name="inf",
    share=math.inf,
    limit=-math.inf,
    times=(1, 2, 3),
    rows=(("a", 1.0), ("b", math.inf)),
    shares={"$map": -math.inf, "$float": 1.0},
    image=np.arange(6, dtype=np.uint8).reshape(2, 3),
)


def test_it_comes_back_as_it_was() -> None:
    for back in (from_json(Reading, to_json(WHOLE)), from_plain(Reading, json.loads(json.dumps(to_plain(WHOLE))))):
        assert back == WHOLE
        assert back.image is not None
        assert back.image.dtype == np.uint8
        assert back.image.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_what_json_lacks_is_a_word_or_says_what_it_is() -> None:
    """By hand: both forms that were ever written."""
    some = Reading(count=1, share=math.nan, shares={"a": 1.0}, image=np.array([7], np.uint8))
    words, tagged = to_plain(some), to_plain(some, tagged=True)
    assert (words["share"], words["shares"]) == ("nan", {"a": 1.0})
    assert (tagged["share"], tagged["shares"]) == ({"$float": "nan"}, {"$map": {"a": 1.0}})
    assert words["image"] == tagged["image"] == {"$array": ["|u1", [1], "Bw=="]}
    for plain in (words, tagged):
        assert math.isnan(from_plain(Reading, plain).share)
        assert from_plain(Reading, plain).shares == {"a": 1.0}


def test_a_whole_number_is_a_float_where_one_is_asked_for_and_no_other_way_round() -> None:
    share = from_json(Reading, '{"count": 1, "share": 2}').share
    assert (share, type(share)) == (2.0, float)
    with pytest.raises(Misfit):
        from_json(Reading, '{"count": 1.5}')


def test_fields_that_are_not_known_are_left_out_and_defaults_fill_in() -> None:
    assert from_json(Reading, '{"count": 1, "mood": {"$new": []}}') == Reading(count=1)


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        ({"count": "2"}, "count", "2"),
        ({"count": True}, "count", True),
        ({"count": 2**63}, "count", 2**63),
        ({"count": -(2**70)}, "count", -(2**70)),
        ({"name": None}, "name", None),
        ({"share": True}, "share", True),
        ({"share": "many"}, "share", "many"),
        ({"share": 10**400}, "share", 10**400),
        ({"limit": []}, "limit", []),
        ({"times": 5}, "times", 5),
        ({"times": [1, 2, 2.5]}, "times", 2.5),
        ({"rows": [["a", 1], ["b", "c"]]}, "rows", "c"),
        ({"shares": {"a": 1, "b": "c"}}, "shares", {"a": 1, "b": "c"}),
        ({"image": {"$array": ["|u1", [2], "Bw=="]}}, "image", {"$array": ["|u1", [2], "Bw=="]}),
        ({"image": {"$array": ["|O", [1], "Bw=="]}}, "image", {"$array": ["|O", [1], "Bw=="]}),
        ({"image": "Bw=="}, "image", "Bw=="),
    ],
)
def test_what_does_not_fit_is_named(changes: dict[str, Any], name: str, value: object) -> None:
    with pytest.raises(Misfit) as caught:
        from_plain(Reading, {"count": 1} | changes)
    assert (caught.value.name, caught.value.value) == (name, value)


@pytest.mark.parametrize("plain", [None, [], 5, "Reading", {}])
def test_a_whole_that_is_none_has_no_name(plain: object) -> None:
    with pytest.raises(Misfit) as caught:
        from_plain(Reading, plain)
    assert (caught.value.name, caught.value.value) == ("", plain)
