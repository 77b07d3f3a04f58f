"""Odd code is refused with a sentence that names what is wrong; code in any usual encoding is read."""

import codecs
import re

import pytest

from lib.core.i18n import LANGUAGES, translator
from lib.core.upgrade.examples import EXAMPLES
from lib.core.upgrade.refusals import MOST_BYTES, SENTENCES, UpgradeError, checked, read_file

CODE = "import tensorflow as tf\ns = tf.Session()  # 세션\n"


@pytest.mark.parametrize(
    ("text", "code", "named"),
    [
        ("", "empty", ""),
        (" \n\t\n", "empty", ""),
        ("\ufeff", "empty", ""),
        ("x = 1\ny = '\0'", "no_text", "Line 2"),
        ("x = '\ud800'", "no_text", "U+D800"),
        ("x" * (MOST_BYTES + 1), "long", "64 KB"),
        ("한" * (MOST_BYTES // 3 + 1), "long", "64 KB"),
    ],
)
def test_what_is_no_code_is_refused(text: str, code: str, named: str) -> None:
    with pytest.raises(UpgradeError) as refused:
        checked(text)
    assert refused.value.code == code
    assert named in refused.value.sentence()


def test_code_up_to_the_limit_is_taken() -> None:
    assert checked("x" * MOST_BYTES) == "x" * MOST_BYTES


def test_the_mark_of_an_encoding_and_the_ends_of_lines_are_made_plain() -> None:
    assert checked("\ufeffa = 1\r\nb = 2\rc = 3\n") == "a = 1\nb = 2\nc = 3\n"


@pytest.mark.parametrize(
    "data",
    [
        CODE.encode(),
        codecs.BOM_UTF8 + CODE.encode(),
        CODE.encode("utf-16"),
        codecs.BOM_UTF16_BE + CODE.encode("utf-16-be"),
    ],
)
def test_a_file_is_read_in_its_encoding(data: bytes) -> None:
    assert checked(read_file(data, "a.py")) == CODE


def test_a_file_may_name_its_encoding() -> None:
    code = f"# coding: cp949\n{CODE}"
    assert read_file(code.encode("cp949"), "a.py") == code


@pytest.mark.parametrize("data", [CODE.encode("cp949"), b"# coding: nonsense\n", b"\xff\xfe\x00", b"\x80\x81"])
def test_a_file_that_is_no_text_is_named(data: bytes) -> None:
    with pytest.raises(UpgradeError, match=re.escape("“<b>.py”")):
        read_file(data, "<b>.py")


def test_a_huge_file_is_refused_before_it_is_read() -> None:
    with pytest.raises(UpgradeError) as refused:
        read_file(b"\xff" * (4 * MOST_BYTES + 1), "a.py")
    assert refused.value.code == "long"


@pytest.mark.parametrize("lang", list(LANGUAGES))
@pytest.mark.parametrize("code", list(SENTENCES))
def test_every_refusal_is_a_sentence(code: str, lang: str) -> None:
    said = UpgradeError(code, line=3, near="print x", size=100_000, name="a.py").sentence(translator(lang))
    assert said.endswith((".", "요.", "다."))
    assert "{" not in said
    assert ("3" in said) == ("{line}" in SENTENCES[code] or "Python 3" in said)


def test_the_examples_may_be_given() -> None:
    assert len(EXAMPLES) == 3
    for _name, text in EXAMPLES.values():
        assert checked(text) == text
