"""Sentences are composed in the reader's language, whatever its word order."""

import pytest

from lib.core.diagnosis.sentence import HAPPENED, Sentence, Try
from lib.core.training.config import SETTINGS, TrainConfig

KOREAN = {
    "{count} of {all}": "{all} 가운데 {count}",
    SETTINGS["dropout"].label: "드롭아웃",
    SETTINGS["optimizer"].options["adam"]: "아담",
    SETTINGS["optimizer"].label: "최적화",
}


def in_korean(text):
    return KOREAN.get(text, text)


def test_the_values_go_where_the_language_wants_them():
    said = Sentence(HAPPENED, "{count} of {all}", {"count": "3", "all": "10"})
    assert said.text() == "3 of 10"
    assert said.text(in_korean) == "10 가운데 3"


def test_a_setting_to_try_is_named_as_the_form_names_it():
    said = Sentence(HAPPENED, "{count} of {all}", {"count": Try("dropout", 0.3), "all": Try("optimizer", "adam")})
    assert said.text(in_korean) == "최적화 (optimizer): 아담 가운데 드롭아웃 (dropout): 0.3"


@pytest.mark.parametrize(
    ("value", "said"), [(0.0001, "0.0001"), (60000, "60,000"), (2, "2"), (1e-06, "1e-06"), (0.1 + 0.2, "0.3")]
)
def test_a_number_to_try_is_written_as_the_form_takes_it(value, said):
    name = "learning_rate" if value < 1 else "train_size"
    assert Try(name, value).text(lambda text: text).endswith(f"({name}): {said}")
    TrainConfig(**{name: value})
