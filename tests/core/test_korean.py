"""Korean sentences read as Korean, whatever is inserted into them."""

import pytest

from lib.core.i18n import translator
from lib.core.korean import PAIRS, KoreanText, with_particles


@pytest.mark.parametrize(
    ("word", "object", "direction"),
    [
        ("책", "책을", "책으로"),
        ("사과", "사과를", "사과로"),
        ("서울", "서울을", "서울로"),
        ("0", "0을", "0으로"),
        ("1", "1을", "1로"),
        ("2", "2를", "2로"),
        ("3", "3을", "3으로"),
        ("6", "6을", "6으로"),
        ("9", "9를", "9로"),
        ("10", "10을", "10으로"),
        ("1,000", "1,000을", "1,000으로"),
        ("0.10", "0.10을", "0.10으로"),
        ("0.001", "0.001을", "0.001로"),
        ("98.4%", "98.4%를", "98.4%로"),
        ("XLA", "XLA를", "XLA로"),
        ("URL", "URL을", "URL로"),
        ("Adam", "Adam을", "Adam으로"),
        ("eager", "eager를", "eager로"),
        ("training", "training을", "training으로"),
        ("“사과”", "“사과”를", "“사과”로"),
        ("`책`", "`책`을", "`책`으로"),
        ("사과(3)", "사과(3)를", "사과(3)로"),
        ("dropout", "dropout을(를)", "dropout(으)로"),
    ],
)
def test_the_particle_follows_the_last_sound(word: str, object: str, direction: str) -> None:
    assert KoreanText("{x}을(를)").format(x=word) == object
    assert KoreanText("{x}(으)로").format(x=word) == direction


def test_every_pair_has_the_form_of_consonants_first() -> None:
    for both, (after_consonant, after_vowel) in PAIRS.items():
        assert with_particles(f"책{both}") == f"책{after_consonant}"
        assert with_particles(f"나무{both}") == f"나무{after_vowel}"
    assert with_particles("책을(를) 나무(으)로, 나무은(는)") == "책을 나무로, 나무는"


def test_a_share_stands_without_a_space_in_korean_alone() -> None:
    sentence = "A dashed line across the loss marks {guessing}."
    assert "98.4%를" in translator("ko")(sentence).format(guessing="98.4 %")
    assert "98.4 %" in translator("en")(sentence).format(guessing="98.4 %")
