"""Uploaded files: whatever their bytes, the result is settings, or one sentence that a visitor can read."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lib.core.i18n import LANGUAGES, translator
from lib.core.incoming import DEEPEST, LARGEST_JSON, FileError, take_in, take_in_json
from lib.core.training.config import SETTINGS, TrainConfig, read_config, settings_in
from lib.core.untrusted import printable

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
"""`utf-16` and `utf-8-sig` begin with a byte order mark, as Windows writes it."""

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
anything_by_name = st.dictionaries(st.sampled_from(sorted(SETTINGS)) | st.text(max_size=9), plain, max_size=5)


def config_in(data: bytes) -> TrainConfig | list[str]:
    """The settings in a file, or the sentences that refuse it, one per language."""
    try:
        config, refused = read_config(settings_in(data, "a.json"))
    except FileError as error:
        return [error.sentence(translator(lang)) for lang in LANGUAGES]
    for error in refused:
        for lang in LANGUAGES:
            said = error.sentence(translator(lang))
            assert said == printable(said)
            assert len(said) < 400
    return config


@given(st.binary(max_size=300))
@example(b"")
@example(b"\xef\xbb\xbf")
@example(b"\xff\xfe")
@example(b"\xff\xfe\x00\x00")
@example(b"[" * 200_000)
@example(b'{"a":' * 100_000)
@example(b'{"epochs": ' + b"[" * 40 + b"]" * 40 + b"}")
@example(b'{"epochs": ' + b"[" * 900 + b"]" * 900 + b"}")
@example(b'{"epochs": 1' + b"0" * 5000 + b"}")
@example(b'{"epochs": NaN, "dropout": Infinity, "learning_rate": -Infinity, "seed": 1e999}')
@example(b'{"network": "\\ud800", "\\udfff": 1}')
def test_no_bytes_do_more_than_being_refused(data: bytes) -> None:
    assert config_in(data)


@given(anything_by_name, st.sampled_from(ENCODINGS))
def test_no_json_does_more_than_being_refused(given: dict[str, object], encoding: str) -> None:
    assert isinstance(config_in(json.dumps(given).encode(encoding)), TrainConfig)


@given(
    st.builds(
        TrainConfig, epochs=st.integers(1, 100), dropout=st.floats(0, 0.9), network=st.sampled_from(["mlp", "lenet"])
    ),
    st.sampled_from(ENCODINGS),
)
def test_settings_come_back_in_whatever_encoding_they_were_saved(config: TrainConfig, encoding: str) -> None:
    assert config_in(json.dumps(config.to_dict(), indent=2).encode(encoding)) == config


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "The file “a.json” is not JSON text."),
        (b'{"epochs": ', "The file “a.json” is not JSON text."),
        (b"\xff\xfe{", "The file “a.json” is not JSON text."),
        (b"caf\xe9", "The file “a.json” is not JSON text."),
        (b"[" * 200_000, "The file “a.json” is nested too deeply to be read."),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "The file “a.json” is nested too deeply to be read."),
        (b'{"epochs": 1, "seed": 2, "epochs": 3}', "The file “a.json” gives “epochs” twice."),
        (b" " * (LARGEST_JSON + 1), "The file “a.json” is larger than 5 MB."),
        (b"[1, 2]", "The file “a.json” does not hold settings by name."),
        (b"3", "The file “a.json” does not hold settings by name."),
        (b"null", "The file “a.json” does not hold settings by name."),
    ],
)
def test_what_is_wrong_with_a_file_is_named(data: bytes, why: str) -> None:
    english, korean = config_in(data)
    assert english == why
    assert korean != english
    assert "“a.json”" in korean


def test_as_deep_as_is_allowed_is_read() -> None:
    depth = DEEPEST - 1
    value = take_in_json(b"[" * depth + b"]" * depth, "a.json")
    for _ in range(depth - 1):
        (value,) = value
    assert value == []


def test_a_file_may_be_called_anything() -> None:
    with pytest.raises(FileError) as refused:
        take_in_json(b"", "\u202egpj.\ud800\n" + "x" * 500)
    assert str(refused.value).startswith("The file “�gpj.� xxx")
    assert len(str(refused.value)) < 120


@pytest.mark.parametrize(
    "error",
    [RecursionError, MemoryError, KeyError("x"), OverflowError, AttributeError, UnicodeDecodeError("u", b"", 0, 1, "")],
)
def test_whatever_a_reader_says_becomes_the_refusal(error: BaseException) -> None:
    def read(data: bytes) -> None:
        raise error

    large, damaged = FileError("large"), FileError("damaged")
    with pytest.raises(FileError) as refused:
        take_in(b"12", read, most=2, large=large, damaged=damaged)
    assert refused.value is damaged
    with pytest.raises(FileError) as refused:
        take_in(b"123", read, most=2, large=large, damaged=damaged)
    assert refused.value is large
