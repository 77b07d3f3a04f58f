"""What the Runs page hands out, from a terminal: made, opened again in a fresh process, and checked.

python -m lib.export RUN --format onnx --out network.onnx
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from lib.core.data.dataset import DataUnavailable
from lib.core.errors import Refusal, WeightsError
from lib.core.exports.figures import ExportFailed, unlike
from lib.core.exports.formats import FORMATS
from lib.core.exports.words import STAGES, figures_words
from lib.core.i18n import LANGUAGES, Translate, mark, translator
from lib.core.studies.configs import RUN_ID
from lib.core.studies.events import Exported
from lib.core.training.control import ControlRequests
from lib.core.untrusted import beginning
from lib.ml.exports.job import export
from lib.ml.exports.parcel import packed
from lib.runs.db.store import Store, open_store
from lib.runs.documents import DOCUMENTS
from lib.runs.model.run import Run, UnknownRun
from lib.runs.model.unavailable import StoreUnavailable
from lib.train import FAILED, INTERRUPTED, interrupts, refuse, spoken_language

OPTIONS = ("--format", "--out", "--list", "--language", "--help", "-h")


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes a file; returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    language = spoken_language(arguments)
    _ = translator(language)
    given = parser(_).parse_args(run_last(arguments))
    if given.list:
        return show_formats(_)
    if given.format not in {*DOCUMENTS, *FORMATS}:
        said = _("There is no format {format}. --list names them all: {names}.")
        return refuse(said.format(format=beginning(given.format or "–"), names=", ".join([*DOCUMENTS, *FORMATS])))
    try:
        return written(given, language)
    except (UnknownRun, Refusal) as error:
        return refuse(error.sentence(_))
    except (StoreUnavailable, DataUnavailable, ExportFailed, WeightsError) as error:
        return refuse(f"{error.sentence(_)} ({error.detail})", FAILED)
    except OSError as error:
        return refuse(_("The file cannot be written: {error}").format(error=error), FAILED)


def run_last(arguments: Sequence[str]) -> list[str]:
    """The same arguments, with the run's id behind a `--`: it may begin with a hyphen, as an option does."""
    first, *others = arguments or [""]
    is_run = re.fullmatch(RUN_ID, first) and first not in OPTIONS
    return [*others, "--", first] if is_run else list(arguments)


def parser(_: Translate) -> argparse.ArgumentParser:
    """The run, the format, and where the file goes."""
    made = argparse.ArgumentParser(
        prog="python -m lib.export", description=_("Writes a file of a run to take away."), allow_abbrev=False
    )
    made.add_argument("run", nargs="?", default="", metavar="RUN", help=_("The run’s id, as in its link."))
    made.add_argument("--format", metavar="FORMAT", help=", ".join([*DOCUMENTS, *FORMATS]))
    made.add_argument("--out", type=Path, metavar="FILE", help=_("The file; by default named after the run, here."))
    made.add_argument("--list", action="store_true", help=_("Names all formats."))
    made.add_argument("--language", choices=tuple(LANGUAGES), help=_("Language of the output."))
    return made


def show_formats(_: Translate) -> int:
    """A line for each format."""
    for code, document in DOCUMENTS.items():
        print(f"{code:16} {_(document.label)}")
    for code, wanted in FORMATS.items():
        print(f"{code:16} {_(wanted.label)}: {_(wanted.purpose)}")
    return 0


def written(given: argparse.Namespace, language: str) -> int:
    """Writes the file in a known format; returns the exit code. Raises AppError or OSError."""
    _ = translator(language)
    store = open_store()
    run = store.run(given.run)
    suffix = DOCUMENTS[given.format].suffix if given.format in DOCUMENTS else FORMATS[given.format].suffix
    target: Path = given.out or Path(f"tf2lab-{run.id}-{given.format}{suffix}")
    if given.format in DOCUMENTS:
        target.write_bytes(DOCUMENTS[given.format].content(store, run.id, language))
    else:
        found = checked(store, run, given.format, target, language)
        if found is None:
            return refuse(_("Stopped; no file was written."), INTERRUPTED)
        print(figures_words(found, _))
        if not found.path:
            raise unlike(found)
    print(_("Written: {file}").format(file=target))
    return 0


def checked(store: Store, run: Run, code: str, target: Path, language: str) -> Exported | None:
    """Makes and checks the file, and puts it at `target` if it passes; Ctrl-C stops it, then None."""
    checkpoint = store.weights(run.id)
    if checkpoint is None:
        raise NoWeights
    curves = {} if FORMATS[code].has_network else store.curves(run.id)
    parcel = packed(code, run.config, checkpoint, curves, language=language, name=run.called, accuracy=run.accuracy)
    events = export(parcel, lambda file: copied(file, target))
    requests, stage = None, ""
    with interrupts() as pressed:
        while True:
            try:
                event = events.send(requests)
            except StopIteration as end:
                found: Exported | None = end.value
                return found
            if event.stage != stage:
                stage = event.stage
                print(translator(language)(STAGES[stage]), file=sys.stderr)
            requests = ControlRequests(stop=pressed.is_set())


class NoWeights(WeightsError):
    """The run has no weights, or no longer."""

    template = mark("The weights of that run are not kept any more.")


def copied(file: Path, target: Path) -> tuple[str, str]:
    """Puts the checked file at `target`."""
    content = file.read_bytes()
    target.write_bytes(content)
    return str(target), hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
