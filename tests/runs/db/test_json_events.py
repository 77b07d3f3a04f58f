import dataclasses
import json
from collections.abc import Mapping
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lib.core.studies.events import StudyEvent, stored_name
from lib.core.training.events import Event, Finished, Stopped
from lib.runs.db.json_events import KINDS, AnyEvent, event_from_json, event_to_json

texts = st.text(max_size=20)
counts = st.integers(0, 2**40)
floats = st.floats()
singles = hnp.arrays(np.float32, st.integers(0, 8), elements=st.floats(width=32))
arrays = hnp.arrays(
    st.sampled_from([np.float32, np.float16, np.int64, np.uint8, np.bool_]), hnp.array_shapes(min_dims=0, max_side=3)
)
rows = st.lists(st.lists(counts, max_size=3).map(tuple), max_size=3).map(tuple)
mappings = st.dictionaries(texts, texts, max_size=3)

FIELDS = {"int": counts, "float": floats, "str": texts, "Floats": singles, "Mapping[str, str]": mappings}
FIELDS["tuple[str, ...]"] = st.lists(texts, max_size=3).map(tuple)
FIELDS["Mapping[str, tuple[str, ...]]"] = st.dictionaries(texts, FIELDS["tuple[str, ...]"], max_size=3)
FIELDS["tuple[tuple[int, ...], ...]"] = rows
FIELDS["bool"] = st.booleans()
FIELDS["tuple[int, ...]"] = st.lists(counts, max_size=3).map(tuple)
FIELDS["tuple[tuple[int, int], ...]"] = st.lists(st.tuples(counts, counts), max_size=3).map(tuple)
FIELDS["tuple[tuple[str, str, str], ...]"] = st.lists(st.tuples(texts, texts, texts), max_size=3).map(tuple)
FIELDS["float | None"] = st.none() | floats
FIELDS["int | None"] = st.none() | counts
FIELDS["Bytes | None"] = st.none() | hnp.arrays(np.uint8, st.integers(0, 8))
FIELDS["Mapping[str, float]"] = st.dictionaries(texts, floats, max_size=3)
FIELDS["NDArray[np.int32]"] = hnp.arrays(np.int32, hnp.array_shapes(min_dims=0, max_side=3))
FIELDS["Mapping[str, NDArray[np.float64]]"] = st.dictionaries(texts, hnp.arrays(np.float64, (2, 3)), max_size=3)
FIELDS["Mapping[str, NDArray[np.generic]]"] = st.dictionaries(texts, arrays, max_size=3)

events = st.one_of(
    st.builds(kind, **{f.name: FIELDS[str(f.type)] for f in dataclasses.fields(kind)}) for kind in KINDS.values()
)


def same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, Mapping):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, float):
        return isinstance(b, float) and (a == b or (a != a and b != b))
    return type(a) is type(b) and a == b


def test_every_kind_of_event_is_known() -> None:
    assert set(KINDS.values()) == {*get_args(Event), *get_args(StudyEvent)}
    assert len(KINDS) == len(get_args(Event)) + len(get_args(StudyEvent)), "no name means two kinds"


@given(events)
def test_an_event_comes_back_as_it_was(event: AnyEvent) -> None:
    back = event_from_json(stored_name(type(event)), event_to_json(event))
    assert type(back) is type(event)
    for field in dataclasses.fields(event):
        assert same(getattr(event, field.name), getattr(back, field.name)), field.name


@given(events)
def test_the_text_is_json_for_any_reader_and_database(event: AnyEvent) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    text = event_to_json(event)
    json.loads(text, parse_constant=refuse)
    assert text.isascii()
    assert "\0" not in text


def test_numpy_numbers_become_plain_ones() -> None:
    event = Finished(step=np.int64(3), reason="epochs")  # type: ignore[arg-type]
    assert type(event_from_json("Finished", event_to_json(event)).step) is int  # type: ignore[union-attr]


def test_a_field_that_no_longer_exists_is_left_out() -> None:
    assert event_from_json("Stopped", '{"step": 3, "mood": "good"}') == Stopped(step=3)


@pytest.mark.parametrize(("kind", "text"), [("Exploded", "{}"), ("Stopped", "{}")])
def test_what_cannot_be_read_is_refused(kind: str, text: str) -> None:
    with pytest.raises(ValueError, match=kind):
        event_from_json(kind, text)
