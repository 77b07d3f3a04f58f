"""Words in two languages: English in the code, every other language in a catalogue beside it.

The catalogues (`lib/core/catalogues/<language>.po`) are read as text, so there is no compiled copy that could be stale.
"""

from __future__ import annotations

import functools
import gettext
import io
from collections.abc import Callable
from pathlib import Path

from babel.messages import mofile, pofile

LANGUAGES = {"en": "English", "ko": "한국어"}
CATALOGUES = Path(__file__).parent / "catalogues"

Translate = Callable[[str], str]


def mark(text: str) -> str:
    """`text` unchanged; marks it for the catalogue where its language is not known yet."""
    return text


def untranslated(text: str) -> str:
    """`text` as it stands in the code: English."""
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
    """The function that turns an English text of the code into `language`."""
    return catalogue(language).gettext
