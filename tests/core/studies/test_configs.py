"""Settings of studies are either valid or refused with a sentence."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.i18n import LANGUAGES, translator
from lib.core.studies.configs import (
    ExportConfig,
    SaliencyConfig,
    StudyError,
    study_from_dict,
    study_kind,
    study_to_dict,
)
from lib.core.studies.works import FORMATS
from lib.core.untrusted import beginning

BLANK = base64.b64encode(bytes(784)).decode()
RIGHT: dict[str, Any] = {"model": "shipped", "image": BLANK, "digit": 7}

anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.binary(max_size=20),
    st.binary(min_size=780, max_size=788).map(lambda data: base64.b64encode(data).decode()),
    st.lists(st.integers(), max_size=3),
)


@given(st.binary(min_size=784, max_size=784), st.from_regex(r"\A[A-Za-z0-9_-]{1,32}\Z"), st.integers(0, 9))
def test_what_is_right_comes_back_as_it_was(pixels: bytes, model: str, digit: int) -> None:
    config = SaliencyConfig(model=model, image=base64.b64encode(pixels).decode(), digit=digit)
    assert config.pixels == pixels
    assert study_from_dict(study_kind(config), study_to_dict(config)) == config


@given(st.sampled_from(list(RIGHT)), anything)
def test_any_other_value_is_refused_with_a_sentence_that_names_it(name: str, value: object) -> None:
    try:
        config = SaliencyConfig(**RIGHT | {name: value})
    except StudyError as error:
        for lang in LANGUAGES:
            said = error.sentence(translator(lang))
            assert name in said
            assert beginning(value) in said
            assert len(said) < 200
    else:
        assert len(config.pixels) == 784
        assert config.digit in range(10)
        assert config.model.isascii()


@pytest.mark.parametrize("model", ["", "a b", "../x", "x" * 33, "한글", "a\n", "'--"])
def test_a_model_is_the_id_of_a_run(model: str) -> None:
    with pytest.raises(StudyError, match="model must be the id of a run"):
        SaliencyConfig(**RIGHT | {"model": model})


@given(st.from_regex(r"\A[A-Za-z0-9_-]{1,32}\Z"), st.sampled_from(list(FORMATS)), st.sampled_from(list(LANGUAGES)))
def test_an_export_comes_back_as_it_was(model: str, wanted: str, language: str) -> None:
    config = ExportConfig(model=model, format=wanted, language=language)
    assert study_from_dict(study_kind(config), study_to_dict(config)) == config


@pytest.mark.parametrize(
    "wrong", [{"model": "../x"}, {"model": 7}, {"format": "pickle"}, {"format": None}, {"language": "xx"}]
)
def test_any_other_export_is_refused_with_a_sentence_that_names_it(wrong: dict[str, Any]) -> None:
    (name,) = wrong
    with pytest.raises(StudyError, match=name):
        ExportConfig(**{"model": "a", "format": "onnx"} | wrong)
