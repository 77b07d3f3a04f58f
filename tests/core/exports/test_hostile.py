"""Whatever the bytes of a file, it is taken in, or refused in one sentence in the visitor's language.

`python -m tests.benchmarks.hostile_files` does the same with 10,000 files, and takes them into a store.
"""

from lib.core.errors import Refusal
from lib.core.exports.archive import RunArchive
from lib.core.i18n import LANGUAGES, translator
from lib.core.untrusted import printable
from tests.core.exports.hostile import hostile_files, read

FILES = 400


def test_no_file_does_more_than_being_refused() -> None:
    said, runs = set(), 0
    for number, data in enumerate(hostile_files(FILES, seed=0)):
        try:
            found = read(data)
        except Refusal as error:
            found = error
        if isinstance(found, Refusal):
            said.add(getattr(found, "template", type(found).__name__))
            for language in LANGUAGES:
                sentence = found.sentence(translator(language))
                assert sentence == printable(sentence), number
                assert len(sentence) < 500, number
        runs += isinstance(found, RunArchive)
    assert len(said) >= 20, "the files are as many kinds of wrong"
    assert runs >= 5, "what is harmless is taken"
