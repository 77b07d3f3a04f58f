"""Comparison files: written and read back unchanged, and no other file is accepted."""

import csv
import hashlib
import io
import json
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.core.benchmark.comparison import comparison_of
from lib.core.benchmark.comparison_files import (
    COLUMNS,
    SCHEMA,
    ComparisonFileError,
    digest,
    from_json,
    references,
    to_csv,
    to_json,
)
from lib.core.incoming import FileError
from lib.core.studies.configs import CompareConfig
from lib.core.studies.events import Sampled
from lib.core.studies.modes import MODES
from lib.core.studies.works import WORKS
from tests.core.benchmark.made_comparisons import MS, ROUNDS, began, compared, size_events, swept

FULL = compared(
    {"eager": 30, "graph": 10, "xla": 9.5},
    prepared={"graph": {"tracing": 400 * MS, "first": 100 * MS, "traces": 1}},
    shortcuts={"eager": {"block": (1, 2), "unsynchronised": (3,)}},
    void={"graph": {2, 3}},
)
SWEEP = swept({4: {"eager": 1, "graph": 2}, 64: {"eager": 8, "graph": 4}})


def read(text):
    """The comparison in a file with this text."""
    return from_json(text.encode(), "lesson.json")


def strict(text):
    """The content of strictly valid JSON."""

    def refuse(name):
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("comparison", [FULL, SWEEP, comparison_of(CompareConfig(), [])])
def test_written_and_read_it_is_the_same(comparison):
    text = to_json(comparison)
    assert read(text) == comparison
    assert to_json(read(text)) == text


@settings(max_examples=40)
@given(st.data(), st.sampled_from(list(WORKS)), st.integers(0, 12))
def test_any_comparison_comes_back(data, work, rounds):
    modes = data.draw(st.lists(st.sampled_from(WORKS[work].modes), min_size=2, unique=True))
    config = CompareConfig(work=work, modes=tuple(modes), seed=data.draw(st.integers(0, 2**31 - 1)))
    times = st.lists(st.floats(1e-3, 1e4), min_size=max(1, rounds), max_size=max(1, rounds))
    drawn = {mode: data.draw(times) for mode in config.modes}
    void = {mode: data.draw(st.sets(st.integers(1, 12))) for mode in config.modes}
    events = [began(load=data.draw(st.floats(0, 64))), *size_events(config.sizes[0], drawn, rounds=rounds, void=void)]
    comparison = comparison_of(config, events)
    assert read(to_json(comparison, guess=data.draw(st.none() | st.floats(0.01, 100)))) == comparison
    strict(to_json(comparison))


@pytest.mark.parametrize("output", [math.nan, math.inf])
def test_a_difference_that_is_no_number_stays_strict_json(output):
    comparison = compared({"eager": 30, "graph": 10}, agreed={"graph": {"output": output, "agrees": False}})
    text = to_json(comparison)
    strict(text)
    back = read(text).timing(32, "graph").agreed
    assert math.isnan(back.output) if math.isnan(output) else back.output == output


def test_few_samples_stay_strict_json():
    text = to_json(compared({"eager": 30, "graph": 10}, rounds=3))
    timing = strict(text)["statistics"]["sizes"][0]["timings"][0]
    assert (timing["low"], timing["high"]) == (0, None)


def test_everything_needed_to_repeat_it_is_there():
    content = strict(to_json(FULL, guess=3.0))
    assert content["config"] == {"work": "train_step", "modes": ["eager", "graph", "xla"], "sizes": [32],
                                 "depth": "quick", "seed": 42, "scheme": 2}  # fmt: skip
    assert (content["schema"], content["guess"]) == (SCHEMA, 3.0)
    machine = content["events"][0]
    assert (machine["event"], machine["machine"], machine["threads"]) == ("Began", "Test machine", 2)
    assert machine["versions"]["tensorflow"] == "2.21.0"
    assert sum(event["event"] == "Sampled" for event in content["events"]) == ROUNDS


def test_the_statistics_are_those_of_the_page():
    (size,) = strict(to_json(FULL))["statistics"]["sizes"]
    assert [one["median"] for one in size["timings"]] == [timing.median for timing in FULL.at(32)]
    assert [(one["mode"], one["other"], one["ratio"], one["verdict"]) for one in size["ratios"]] == [
        (ratio.mode, ratio.other, ratio.ratio, ratio.verdict) for ratio in FULL.ratios(32)
    ]


def test_statistics_are_not_believed_but_reckoned():
    content = strict(to_json(FULL))
    content["statistics"] = {"median": "anything"}
    assert read(json.dumps(signed(content))) == FULL


def test_fields_of_a_later_version_are_left_out():
    content = strict(to_json(FULL))
    content["events"][0]["weather"] = "fine"
    content["config"]["mood"] = 3
    assert read(json.dumps(signed(content))) == FULL


def signed(content):
    """The content with a new digest, as a later version would write it."""
    return content | {"sha256": digest(content)}


def test_a_file_that_was_changed_is_refused():
    content = strict(to_json(FULL, guess=3.0))
    for name, value in (("guess", 4.0), ("statistics", {}), ("units", {}), ("added", 1), ("sha256", "0" * 64)):
        with pytest.raises(ComparisonFileError, match="was changed after it was written"):
            read(json.dumps(content | {name: value}))
    content["events"][FIRST_ROUND]["times"][0] -= 1
    with pytest.raises(ComparisonFileError, match="was changed after it was written"):
        read(json.dumps(content))


def test_a_file_that_was_only_written_down_anew_is_as_it_was():
    content = strict(to_json(FULL, guess=3.0))
    assert read(json.dumps(dict(reversed(content.items())), indent=2)) == FULL


def test_the_digest_is_one_that_others_can_reckon():
    """By hand: sorted names, no spaces, UTF-8, without the field itself."""
    expected = hashlib.sha256('{"a":[1,2.5],"b":"é"}'.encode()).hexdigest()
    assert digest({"b": "é", "a": [1, 2.5], "sha256": "?"}) == expected


def test_a_file_of_an_older_version_has_no_digest_and_no_blocks():
    content = strict(to_json(compared({"eager": 30, "graph": 10})))
    del content["sha256"]
    for event in content["events"]:
        for name in ("block", "planned", "others", "stolen", "disturbed", "commit", "at", "system", "flags"):
            event.pop(name, None)
    comparison = read(json.dumps(content))
    assert comparison == compared({"eager": 30, "graph": 10})
    assert (comparison.blocks, comparison.done, comparison.disturbed) == (1, 1, ())


def test_where_and_when_it_was_measured_is_there():
    about = {"commit": "0" * 40, "at": "2026-01-02T03:04:05+00:00", "system": "Linux", "flags": {"XLA_FLAGS": "--a=1"}}
    machine = strict(to_json(compared({"eager": 30, "graph": 10}, machine=about)))["events"][0]
    assert {name: machine[name] for name in about} == about


def damaged(**changes):
    return json.dumps(strict(to_json(FULL)) | changes)


def with_event(number, **changes):
    content = strict(to_json(FULL))
    content["events"][number] |= changes
    return json.dumps(content)


FIRST_ROUND = next(i for i, event in enumerate(FULL.events) if isinstance(event, Sampled))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is not JSON text"),
        ("{", "is not JSON text"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "no comparison of this app"),
        ("{}", "no comparison of this app"),
        (damaged(format="other"), "no comparison of this app"),
        (damaged(schema=SCHEMA + 1), f"of version {SCHEMA + 1}, and this app reads version {SCHEMA}"),
        (damaged(config={"work": "sleep"}), "work must be one of .* but sleep was given"),
        (damaged(config={"sizes": 5}), "config may not be"),
        (damaged(config=None), "config may not be"),
        (damaged(events=None), "events may not be None"),
        (damaged(events=[1]), r"events\[0\] may not be 1"),
        (damaged(events=[{"event": "Exploded"}]), r"events\[0\] may not be"),
        (damaged(events=[{"event": "Measured", "load": 1}]), r"events\[0\] may not be"),
        (with_event(0, processors="2"), r"events\[0\].processors may not be 2"),
        (with_event(0, processors=True), r"events\[0\].processors may not be True"),
        (with_event(0, load=10**400), r"events\[0\].load may not be 1000"),
        (with_event(0, versions={"tensorflow": 2}), r"events\[0\].versions may not be"),
        (with_event(1, steps=0), r"events\[1\] may not be"),
        (with_event(1, steps=2**70), r"events\[1\].steps may not be"),
        (with_event(FIRST_ROUND, times=[0, 1, 1]), r"may not be"),
        (with_event(FIRST_ROUND, times=[1, 1]), r"may not be"),
        (with_event(FIRST_ROUND, times=[1, 1, 1.5]), r"times may not be 1.5"),
        (with_event(FIRST_ROUND, modes=["eager", "graph", "fit"]), r"modes may not be"),
    ],
)
def test_what_is_no_comparison_is_refused_in_a_sentence(text, why):
    with pytest.raises(FileError, match=why):
        read(text)


def test_the_refusal_is_short_and_in_any_language():
    with pytest.raises(FileError) as caught:
        read(with_event(0, machine=["x" * 10_000]))
    assert len(caught.value.sentence()) < 200
    with pytest.raises(FileError) as caught:
        read(damaged(config={"work": "sleep"}))
    # The reason within the sentence speaks the language, too.
    assert caught.value.sentence(lambda text: f"<{text}>").count("<") == 2


def test_the_table_has_a_row_for_each_sample():
    rows = list(csv.DictReader(io.StringIO(to_csv(FULL))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == ROUNDS * 3
    for mode in ("eager", "graph", "xla"):
        counting = [float(row["ms_per_step"]) for row in rows if row["mode"] == mode and row["counts"] == "1"]
        assert tuple(counting) == FULL.timing(32, mode).samples
    assert {row["round"] for row in rows if row["counts"] == "0"} == {"2", "3"}
    assert all(int(row["time_ns"]) / int(row["steps"]) / 1e6 == float(row["ms_per_step"]) for row in rows)
    assert [row["place"] for row in rows[:3]] == ["1", "2", "3"]


def test_the_table_of_nothing_is_its_head():
    assert to_csv(comparison_of(CompareConfig(), [])) == ",".join(COLUMNS) + "\n"


def test_the_table_of_a_sweep_has_all_sizes():
    rows = list(csv.DictReader(io.StringIO(to_csv(SWEEP))))
    assert {row["size"] for row in rows} == {"4", "64"}
    assert len(rows) == 2 * 2 * ROUNDS


def test_recorded_references_can_be_read():
    found = references()
    assert len({reference.name for reference in found}) == len(found)
    for reference in found:
        assert reference.comparison.began.machine
        assert reference.comparison.done == 1
        assert not reference.comparison.busy
        assert {timing.mode for timing in reference.comparison.timings} <= set(MODES)


def test_references_are_the_files_in_their_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("lib.core.benchmark.comparison_files.REFERENCES", tmp_path)
    references.cache_clear()
    try:
        assert references() == ()
        references.cache_clear()
        (tmp_path / "laptop.json").write_text(to_json(FULL), encoding="utf-8")
        ((name, comparison),) = [(one.name, one.comparison) for one in references()]
        assert (name, comparison) == ("laptop", FULL)
    finally:
        references.cache_clear()


def test_equal_means_equal():
    """What the tests above rest on: comparisons that differ in one sample are not the same."""
    events = list(FULL.events)
    changed = replace(events[FIRST_ROUND], times=(1, *events[FIRST_ROUND].times[1:]))
    assert comparison_of(FULL.config, [*events[:FIRST_ROUND], changed, *events[FIRST_ROUND + 1 :]]) != FULL
