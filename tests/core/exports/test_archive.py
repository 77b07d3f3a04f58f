"""A run's archive comes back identical, and is refused in a sentence if a single value in it cannot be."""

import dataclasses
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.core.data.arrays import to_npz
from lib.core.exports.archive import EVENTS, LARGEST, MANIFEST, STATE, STEPS, SUMS, WEIGHTS, weights_fit, write_archive
from lib.core.exports.archive_events import MOST_OWN, RULES
from lib.core.exports.archive_reading import KINDS, read_archive
from lib.core.incoming import FileError
from lib.core.mydigits.digit_sets import MAX_DIGITS
from lib.core.training.config import TrainConfig
from lib.core.training.events import Checkpoint, Progress, Stopped
from tests.core.exports.archived import CONFIG, STARTED, archived, members, signed

WRITTEN = write_archive(archived())


def test_what_is_read_is_what_was_written_to_the_last_bit() -> None:
    run, back = archived(), read_archive(WRITTEN, "run.zip")
    assert write_archive(back) == WRITTEN
    assert (back.origin, back.config, back.scheme, back.name) == (run.origin, run.config, run.scheme, run.name)
    assert (back.guess, back.base, back.created_at, back.ended_at) == (
        run.guess, run.base, run.created_at, run.ended_at
    )  # fmt: skip
    for one, other in zip(run.progress, back.progress, strict=True):
        assert one.first_step == other.first_step
        assert one.losses.tobytes() == other.losses.tobytes(), "NaNs keep their bits"
        assert one.accuracies.tobytes() == other.accuracies.tobytes()
        np.testing.assert_equal(one.images_per_second, other.images_per_second)
    assert [type(event) for event in back.events] == [type(event) for event in run.events]
    assert back.weights
    assert run.weights
    assert back.weights.step == run.weights.step
    for name, array in run.weights.weights.items():
        np.testing.assert_array_equal(back.weights.weights[name], array)


def test_other_programs_read_it() -> None:
    """NumPy, a JSON reader and `sha256sum` are all that it needs."""
    with zipfile.ZipFile(io.BytesIO(WRITTEN)) as archive:
        assert archive.namelist() == [MANIFEST, EVENTS, STEPS, WEIGHTS, SUMS]
        for line in archive.read(SUMS).decode().splitlines():
            sha256, name = line.split("  ")
            assert hashlib.sha256(archive.read(name)).hexdigest() == sha256
        about = json.loads(archive.read(MANIFEST))
        with np.load(io.BytesIO(archive.read(STEPS))) as steps:
            assert len(steps["losses"]) == steps["steps_per_call"].sum() == about["steps"]
        with np.load(io.BytesIO(archive.read(WEIGHTS))) as weights:
            assert weights["d1/kernel"].shape == (784, CONFIG.dense_units)
    assert TrainConfig(**about["settings"]) == CONFIG
    assert (about["device"], about["versions"]["tensorflow"]) == ("Some Processor", "2.21.0")


@settings(max_examples=25)
@given(
    lengths=st.lists(st.integers(1, 8), max_size=5),
    speed=st.floats(0, 1e9) | st.just(float("nan")),
    seed=st.integers(0, 2**32 - 1),
    paused=st.booleans(),
)
def test_any_steps_come_back(lengths: list[int], speed: float, seed: int, paused: bool) -> None:
    """Losses are arbitrary bits: numbers, NaNs of any kind, infinities. A paused run has what it needs to go on."""
    random, chunks, last = np.random.default_rng(seed), [], 0
    for length in lengths:
        bits = random.integers(0, 2**32, (2, length), np.uint32).view(np.float32)
        chunks.append(Progress(first_step=last + 1, losses=bits[0], accuracies=bits[1], images_per_second=speed))
        last += length
    whole = archived().weights
    assert whole
    state = {"step": np.array(last, np.int64), "optimizer/m": np.zeros(3, np.float32)} if paused else {}
    kept = Checkpoint(step=last, weights=whole.weights, state=state)
    written = write_archive(archived(progress=chunks, events=(STARTED, Stopped(step=last)), weights=kept))
    back = read_archive(written, "run.zip")
    assert write_archive(back) == written
    assert [c.losses.tobytes() for c in back.progress] == [c.losses.tobytes() for c in chunks]
    assert (STATE in members(written)) == paused


def test_a_run_that_never_began_has_an_archive() -> None:
    written = write_archive(archived(events=(Stopped(step=0),), progress=(), weights=None))
    assert write_archive(read_archive(written, "a.zip")) == written


def test_what_cannot_come_back_is_not_written() -> None:
    chunks = archived().progress
    with pytest.raises(FileError, match="gap after step 1"):
        write_archive(archived(progress=(chunks[0], chunks[2])))
    large = Checkpoint(step=1, weights={"d1/kernel": np.broadcast_to(np.float32(0), (LARGEST // 4,))})
    with pytest.raises(FileError, match="would take 65 MB: archives of runs take at most 64 MB"):
        write_archive(archived(weights=large))
    assert weights_fit(TrainConfig())
    assert not weights_fit(TrainConfig(dense_units=1024))


def change_event(number: int, **fields: Any) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        lines = [json.loads(line) for line in parts[EVENTS].splitlines()]
        lines[number]["fields"].update(fields)
        parts[EVENTS] = "".join(json.dumps(line) + "\n" for line in lines).encode()

    return change


def change_manifest(**fields: Any) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        parts[MANIFEST] = json.dumps(json.loads(parts[MANIFEST]) | fields).encode()

    return change


def change_arrays(member: str, **arrays: Any) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        with np.load(io.BytesIO(parts[member])) as found:
            parts[member] = to_npz(dict(found) | arrays)

    return change


def rows(*kept: int) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        lines = parts[EVENTS].splitlines(keepends=True)
        parts[EVENTS] = b"".join(lines[place] for place in kept)

    return change


def without(member: str) -> Callable[[dict[str, bytes]], None]:
    return lambda parts: parts.__delitem__(member)


def put(member: str, data: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda parts: parts.__setitem__(member, data)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without(WEIGHTS), None),
        (without(STEPS), "The archive holds no steps.npz: a run's archive holds manifest.json, events.jsonl,"),
        (put("evil.sh", b"rm"), "The archive holds evil.sh, which belongs to no run's archive."),
        (put(MANIFEST, b"[1]"), "its format is list, not tf2lab-run"),
        (put(MANIFEST, b"[" * 9999), "The file “manifest.json” is nested too deeply"),
        (put(MANIFEST, b"{"), "The file “manifest.json” is not JSON text."),
        (change_manifest(format="tf2lab-comparison"), "its format is tf2lab-comparison, not tf2lab-run"),
        (change_manifest(version=2), "This archive is of version 2, and this app reads version 1."),
        (change_manifest(origin="../../x"), "manifest.json: origin is ../../x, and would have to be"),
        (change_manifest(name="a\nb"), "manifest.json: name is a b, and would have to be ≤ 200 letters"),
        (change_manifest(name="a\u202eb"), None),
        (change_manifest(name="\ud800"), "manifest.json: name is �, and would have to be"),
        (change_manifest(name="a\0"), "manifest.json: name is a�, and would have to be"),
        (change_manifest(name=3), "manifest.json: name is 3, and would have to be"),
        (change_manifest(scheme=3), "manifest.json: scheme is 3, and would have to be 1 … 2"),
        (change_manifest(guess={"$float": "nan"}), "manifest.json: guess is nan, and would have to be 0 … 1"),
        (change_manifest(created="2026-11-26"), "manifest.json: created is 2026-11-26, and"),
        (change_manifest(ended="9999-12-31T23:59:59-23:00"), "manifest.json: ended is 9999-12-31"),
        (change_manifest(settings=[]), "manifest.json: settings is [], and would have to be {…}"),
        (change_manifest(settings={"epochs": -1}), "cannot be used. Epochs (epochs) must be a whole number from 1"),
        (change_manifest(settings={"pickle": 1}), "cannot be used. There is no setting named pickle."),
        (change_manifest(weights_step=41), "manifest.json: weights_step is 41, and would have to be 0 … 40"),
        (change_event(0, device=7), "events[0].device is 7, and would have to be Expected `str`"),
        (change_event(0, device="a\u202eb"), "events[0].device is a�b, and would have to be ≤ 200 letters"),
        (change_event(0, total_steps=10**12), "events[0].total_steps is 1000000000000, and"),
        (change_event(0, total_steps=39), "last_step is 40, and would have to be ≤ 39"),
        (change_event(1, tracing_seconds=-1), "events[1].tracing_seconds is -1.0, and would have to be 0 … 1e9"),
        (change_event(4, test_accuracy={"$float": "nan"}), "events[4].test_accuracy is nan, and would have to be"),
        (change_event(4, confusion=[[1]]), "events[4].confusion is ((1,),), and would have to be 10 × 10, Σ = 10,000"),
        (change_event(4, epoch=2), "events[4].epoch is 2, and would have to be 1"),
        (change_event(4, mistaken=None), None),
        (change_event(4, mistaken={"$array": ["|u1", [1], "Aw=="]}), "events[4].mistaken is uint8 (1,), and"),
        (change_event(2, mistakes={"$array": ["|O", [1], "AAAAAAAAAAA="]}), "events[2].mistakes is {'$array'"),
        (change_event(2, mistakes={"$array": ["<i4", [0, 3], ""]}), "events[2].probabilities is float32 (2, 10), and"),
        (change_event(2, mistakes={"$array": ["<i4", [1, 3], "////fwAAAAAAAAAA"]}), "events[2].mistakes is int32 (1,"),
        (change_event(2, dead={"d1": 1.5}), "events[2].dead is {'d1': 1.5}, and would have to be {… : 0 … 1}"),
        (change_event(8, step=-1), "events[8].step is -1, and would have to be 0 … 10,000,000"),
        (change_event(8, step=3), "events[8].step is 3, and would have to be 25 … 40"),
        (change_event(14, step=41), "events[14].step is 41, and would have to be 40 … 40"),
        (change_event(14, reason="bored"), "events[14].reason is bored, and would have to be epochs | target_accuracy"),
        (rows(1, 14), "events[0] is Compiled, and would have to be Started"),
        (rows(0, 1, 2), "events[2] is Inside, and would have to be Finished | Stopped | Failed"),
        (rows(0, 14, 14), "events[1] is Finished, and would have to be"),
        (rows(), "events is 0, and would have to be ≥ 1"),
        (put(EVENTS, b'{"event": "Checkpoint", "fields": {}}\n'), "events[0] is {\"event\": \"Checkpoint\""),
        (put(EVENTS, b"\xff\n"), "The file “events.jsonl, 1” is not JSON text."),
        (change_arrays(STEPS, losses=np.zeros(40)), "steps.npz: losses is float64 (40,), and would have to be float32"),
        (change_arrays(STEPS, accuracies=np.zeros(39, np.float32)), "steps.npz: accuracies is float32 (39,), and"),
        (change_arrays(STEPS, steps_per_call=np.array([1, 40, -2, 1])), "steps_per_call is [1, 40, -2, 1], and"),
        (change_arrays(STEPS, steps_per_call=np.array([1, 19, 5, 1])), "steps_per_call is [1, 19, 5, 1], and"),
        (change_arrays(STEPS, images_per_second=np.array([1, -2, 3, 4.0])), "images_per_second is [1.0, -2.0"),
        (put(STEPS, b"PK"), "The file “steps.npz” is no zip file, or it is damaged."),
        (change_arrays(WEIGHTS, **{"d1/bias": np.zeros(5, np.float32)}), "weights.npz: d1/bias is float32 (5,), not"),
        (change_arrays(WEIGHTS, **{"d1/bias": np.zeros(4)}), "d1/bias is float64 (4,), not float32 (4"),
        (change_arrays(WEIGHTS, more=np.zeros(4)), "weights.npz: more unknown here"),
        (change_arrays(WEIGHTS, **{"d1/bias": np.full(4, np.nan, np.float32)}), None),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_named(change: Callable[[dict[str, bytes]], None], said: str | None) -> None:
    """The checksums are made anew: whoever is hostile makes them too. None: this is no fault."""
    parts = members(WRITTEN)
    change(parts)
    data = signed(parts)
    if said is None:
        read_archive(data, "run.zip")
        return
    with pytest.raises(FileError) as refused:
        read_archive(data, "run.zip")
    assert said in str(refused.value)


def test_without_new_checksums_a_change_is_seen() -> None:
    parts = members(WRITTEN)
    change_event(4, test_accuracy=1.0)(parts)
    with zipfile.ZipFile(file := io.BytesIO(), "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    with pytest.raises(FileError, match=r"was changed after it was written: events\.jsonl is not what its SHA-256"):
        read_archive(file.getvalue(), "run.zip")


def test_an_archive_that_was_packed_again_is_read() -> None:
    with zipfile.ZipFile(file := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in reversed(members(WRITTEN).items()):
            archive.writestr(name, data)
    assert write_archive(read_archive(file.getvalue(), "run.zip")) == WRITTEN


def test_every_kind_of_event_has_rules_for_fields_that_it_has() -> None:
    """Whoever adds a kind of event says what its values may be, or no archive with it would come in."""
    assert set(RULES) == set(KINDS.values())
    for kind, rules in RULES.items():
        assert rules.keys() <= {field.name for field in dataclasses.fields(kind)}
    assert MOST_OWN == MAX_DIGITS
