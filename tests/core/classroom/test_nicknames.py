"""Nicknames: three that are free, in two languages."""

import re

from hypothesis import given
from hypothesis import strategies as st

from lib.core.classroom.nicknames import ALL, ANIMALS, QUALITIES, shown, three


def test_every_nickname_has_other_words_in_both_languages() -> None:
    assert len(QUALITIES) == len(set(QUALITIES.values())) == 64
    assert len(ANIMALS) == len(set(ANIMALS.values())) == 64
    assert len(ALL) == 64 * 64
    for language, letters in {"en": "[A-Z][a-z]+ [A-Z][a-z]+", "ko": "[가-힣 ]+"}.items():
        names = {shown(name, language) for name in ALL}
        assert len(names) == len(ALL)
        assert all(re.fullmatch(letters, name) for name in names)


def test_what_another_version_has_drawn_is_shown_as_it_is() -> None:
    assert shown("royal-yeti", "ko") == "royal-yeti"


@given(st.sets(st.sampled_from(sorted(ALL))))
def test_three_are_free_and_share_no_word(taken: set[str]) -> None:
    names = three(taken)
    assert len(names) == 3
    assert taken.isdisjoint(names)
    assert len({word for name in names for word in name.split("-")}) == 6


def test_few_are_left() -> None:
    left = {"quiet-otter", "quiet-fox"}
    assert set(three(ALL - left)) == left
    assert three(ALL) == ()
