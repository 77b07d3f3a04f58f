"""Korean sentences with inserted words: particles by the last sound before them, and no space before %.

A catalogue writes both forms of a particle: '{name}을(를)'. Once the words are inserted, the form that fits is chosen.
The rules are those of the National Institute of Korean Language: 을, 이, 은, 과 after a final consonant, 를, 가, 는, 와
after a vowel; 으로 after a final consonant other than ㄹ, else 로.
"""

from __future__ import annotations

import re
from typing import Any

PAIRS = {
    "을(를)": ("을", "를"),
    "이(가)": ("이", "가"),
    "은(는)": ("은", "는"),
    "과(와)": ("과", "와"),
    "(으)로": ("으로", "로"),
}
"""Each particle as a catalogue writes it: its form after a final consonant, and after a vowel."""
BOTH = re.compile("|".join(map(re.escape, PAIRS)))
CLOSING = re.compile(r"""(\([^()]*\)|["'”’*_`\]\s])*$""")
"""What may stand between a word and its particle without being read."""
SPACED_PERCENT = re.compile(r"(?<=\d)[ \N{NO-BREAK SPACE}]%")

NONE, RIEUL, OTHER = "", "ㄹ", "other"
"""The final consonant of a syllable: none, ㄹ, or another one."""
DIGITS = dict(zip("0123456789", (OTHER, RIEUL, NONE, OTHER, NONE, NONE, OTHER, RIEUL, RIEUL, NONE), strict=True))
"""Of the digits' names: 영 일 이 삼 사 오 육 칠 팔 구."""
LETTERS = {"L": RIEUL, "R": RIEUL, "M": OTHER, "N": OTHER}
"""Of the letters' names: 엘 알 엠 엔; all others end in a vowel."""
WORDS = {"l": RIEUL, "m": OTHER, "n": OTHER, **dict.fromkeys("aiouyrsxf", NONE)}
"""Of English words by their last letter, as they are written in Korean; after the other letters both occur."""


class KoreanText(str):
    """A sentence of the catalogue; what `format` makes of it reads as Korean."""

    __slots__ = ()

    def format(self, *words: Any, **named: Any) -> str:
        """The sentence with these words, each particle in the form that fits."""
        return with_particles(tight(super().format(*words, **named)))


def tight(text: str) -> str:
    """The text as Korean writes percentages: '98.4%'."""
    return SPACED_PERCENT.sub("%", text)


def with_particles(sentence: str) -> str:
    """The sentence with every double form replaced by the fitting one; where the sound is unknown, both stay."""
    done, rest = "", sentence
    while found := BOTH.search(rest):
        done += rest[: found.start()]
        done += particle(done, found.group())
        rest = rest[found.end() :]
    return done + rest


def particle(before: str, both: str) -> str:
    """The form of the particle `both` after this text."""
    final = final_of(CLOSING.sub("", before))
    if final is None:
        return both
    after_consonant, after_vowel = PAIRS[both]
    short = final == NONE or (final == RIEUL and both == "(으)로")
    return after_vowel if short else after_consonant


def final_of(text: str) -> str | None:
    """The final consonant of the last syllable as it is read; None if that cannot be told from the letters."""
    last = text[-1:]
    if "가" <= last <= "힣":  # a block is (initial × 21 + vowel) × 28 + final, Unicode 3.12
        return (NONE, RIEUL, OTHER)[{0: 0, 8: 1}.get((ord(last) - ord("가")) % 28, 2)]
    if last == "%":  # 퍼센트
        return NONE
    if last.isdigit():
        return final_of_number(text)
    if last.isupper():
        return LETTERS.get(last, NONE)
    if text.endswith("ng"):
        return OTHER
    return WORDS.get(last)


def final_of_number(text: str) -> str | None:
    """Of the number at the text's end: with zeros at its end it is read 십, 백, 천 or 만, else by its last digit."""
    number = re.search(r"[\d.,]+$", text)
    digits = number.group().replace(",", "") if number else ""
    zeros = len(digits) - len(digits.rstrip("0"))
    if zeros == 0 or "." in digits or zeros == len(digits):
        return DIGITS.get(digits[-1:])
    return OTHER if zeros < 12 else NONE  # 억 ends in ㄱ, 조 in a vowel
