"""Translations: the code holds English, and each other language has a catalogue.

The catalogues (`lib/core/catalogues/<language>.po`) are read as text, so no compiled copy can be stale.
"""

from __future__ import annotations

import functools
import gettext
import io
from collections.abc import Callable
from pathlib import Path

from babel.messages import mofile, pofile

from lib.core.korean import KoreanText

LANGUAGES = {"en": "English", "ko": "한국어"}
CATALOGUES = Path(__file__).parent / "catalogues"

Translate = Callable[[str], str]


def mark(text: str) -> str:
    """`text` unchanged; marks it for the catalogue where the reader's language is not known yet."""
    return text


def untranslated(text: str) -> str:
    """`text` as the code has it: English."""
    return text


@functools.cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The translations into `language`, one of LANGUAGES; English needs none."""
    path = CATALOGUES / f"{language}.po"
    if not path.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        mofile.write_mo(compiled, pofile.read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translator(language: str) -> Translate:
    """The function that translates an English text of the code into `language`."""
    gettext_of = catalogue(language).gettext
    return (lambda text: KoreanText(gettext_of(text))) if language == "ko" else gettext_of
