"""Translations: every English text of the code has a Korean one with the same placeholders."""

import ast
import re
import string
from pathlib import Path

from babel.messages import pofile
from babel.messages.extract import extract_from_dir

from lib.core.i18n import CATALOGUES, LANGUAGES, translator

ROOT = Path(__file__).parents[2]
KEYWORDS = {"_": None, "mark": None}


def texts_of_the_code():
    found = set()
    for folder in ("lib", "pages"):
        for file, line, text, _, _ in extract_from_dir(
            ROOT / folder, method_map=[("**.py", "python")], keywords=KEYWORDS
        ):
            assert isinstance(text, str), f"{file}:{line} marks no single text: {text!r}"
            found.add(text)
    return found


def korean():
    with (CATALOGUES / "ko.po").open("rb") as file:
        return {message.id: message for message in pofile.read_po(file, locale="ko") if message.id}


def fields(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def test_every_text_has_its_korean():
    catalogue = korean()
    missing = sorted(text for text in texts_of_the_code() if text not in catalogue or not catalogue[text].string)
    assert not missing


def test_no_text_hides_in_an_f_string():
    # Babel does not look into them, so such a text would never reach a catalogue.
    hidden = [
        f"{path}:{inner.lineno}"
        for folder in ("lib", "pages")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Call)
        and getattr(inner.func, "id", "") in KEYWORDS
        and isinstance(inner.args[0], ast.Constant)
    ]
    assert hidden == []


def test_korean_writes_no_space_before_a_percent_sign():
    assert [one.string for one in korean().values() if re.search(r"[\d}][ \u00a0]%", one.string)] == []


def test_no_korean_is_left_over():
    assert sorted(set(korean()) - texts_of_the_code()) == []


def test_korean_fills_in_the_same_places():
    wrong = [text for text, message in korean().items() if fields(text) != fields(message.string)]
    assert not wrong


def test_no_translation_is_in_doubt():
    assert [text for text, message in korean().items() if message.fuzzy] == []


def test_korean_is_korean():
    # Names such as XLA or LeNet stay as they are; a sentence must not.
    messages = korean()
    sentences = [text for text in messages if " " in text and text.endswith(".")]
    hangul = re.compile("[가-힣]")
    assert sentences
    assert [text for text in sentences if not hangul.search(messages[text].string)] == []


def test_a_text_is_found_in_both_languages():
    assert {language: translator(language)("Start") for language in LANGUAGES} == {"en": "Start", "ko": "시작"}
