"""Codes of rooms: what one writes is what another reads."""

from hypothesis import given
from hypothesis import strategies as st

from lib.core.classroom.codes import ALPHABET, LENGTH, LONGEST_TYPED, new_code, read_code, spaced

codes = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH)


@given(code=codes, blanks=st.lists(st.sampled_from(["", " ", "-", "\t"]), min_size=LENGTH, max_size=LENGTH))
def test_a_code_is_read_in_any_case_and_with_any_blanks(code: str, blanks: list[str]) -> None:
    typed = "".join(map(str.__add__, blanks, code))
    assert read_code(typed) == read_code(typed.lower()) == read_code(spaced(code)) == code


@given(code=codes, wide=st.booleans())
def test_look_alikes_are_read_as_the_one_that_is_meant(code: str, wide: bool) -> None:
    typed = code.replace("0", "O").replace("1", "l")
    if wide:  # as a Korean or Japanese keyboard may write it
        typed = "".join(chr(ord(letter) + 0xFEE0) for letter in typed)
    assert read_code(typed) == code


@given(st.text())
def test_anything_else_is_no_code(typed: str) -> None:
    code = read_code(typed)
    assert code is None or (len(code) == LENGTH and set(code) <= set(ALPHABET))


def test_too_few_too_many_and_too_long() -> None:
    for wrong in ("", "ABCDE", "ABCDEFG", "ABCDEU", " " * LONGEST_TYPED + "ABCDEF"):
        assert read_code(wrong) is None


def test_new_codes_are_read_as_they_are() -> None:
    made = {new_code() for _ in range(100)}
    assert len(made) == 100
    assert all(read_code(code) == code for code in made)
