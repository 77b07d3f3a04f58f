"""Values from outside in a sentence: on one line, short, and without invisible characters."""

from hypothesis import example, given
from hypothesis import strategies as st

from lib.core.link_params import counts_visitors
from lib.core.untrusted import MOST_LETTERS, beginning, printable


@given(st.text(st.characters(), max_size=200))
@example("\ud800")
@example("\u202eabc\u2066\u200f")
@example("a\r\nb\tc\x00\x1b\u2028\u2029\U000e0041")
def test_a_value_is_short_on_one_line_and_can_be_sent(value: str) -> None:
    said = beginning(value)
    assert len(said) <= MOST_LETTERS + 1
    assert said.encode("utf-8").decode("utf-8") == said
    assert len(said.splitlines()) <= 1
    assert not set(said) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\x00\x1b")
    assert len(said) == min(len(value), MOST_LETTERS + 1), "each letter has its place"


@given(st.text("abcdefgxyz가나다라é 0123456789.,-_<>&[]()*`:/!#~", max_size=MOST_LETTERS))
def test_what_can_be_seen_stays_as_it_is(value: str) -> None:
    assert beginning(value) == printable(value) == value


def test_letters_and_emoji_that_are_joined_stay_joined() -> None:
    for value in ("👩\u200d💻", "می\u200cخواهم", "❤️"):
        assert printable(value) == value


def test_marks_that_count_visitors_are_known_and_settings_are_none() -> None:
    for name in ("fbclid", "gclid", "utm_source", "utm_whatever", "UTM_Campaign", "msclkid", "mc_eid", "NaPm"):
        assert counts_visitors(name)
    for name in ("epochs", "run", "lang", "compare", "modes", "seed", "show", "utm", "clid", ""):
        assert not counts_visitors(name)
