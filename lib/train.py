"""The same training loop from a terminal.

python -m lib.train --epochs 1 --execution xla --json
python -m lib.train --epochs 1 --archive run.zip        a file that the page of runs brings in
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from tqdm import tqdm

from lib.core.data.dataset import DataUnavailable
from lib.core.errors import Refusal
from lib.core.exports.archive import LARGEST, weights_fit, write_archive
from lib.core.exports.recorder import Recorder
from lib.core.i18n import LANGUAGES, Translate, mark, translator
from lib.core.incoming import FileError
from lib.core.settings import Setting
from lib.core.training.config import SETTINGS, TrainConfig, read_config, settings_in
from lib.core.training.control import ControlRequests
from lib.core.training.events import (
    Evaluated,
    Event,
    Failed,
    Progress,
    Started,
    Stopped,
    why_failed,
)
from lib.core.untrusted import beginning
from lib.ml.stderr_redirect import stderr_redirected

REFUSED, FAILED, INTERRUPTED = 2, 1, 130
"""Exit codes. Shells expect 130 of a program ended by Ctrl-C."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Trains with these arguments; returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    _ = translator(spoken_language(arguments))
    given = parser(_).parse_args(arguments)
    try:
        config = read_settings(given)
        check_place(given.archive, config, _)
    except Refusal as error:
        return refuse(error.sentence(_))
    except OSError as error:
        return refuse(_("The settings file cannot be read: {error}").format(error=error))
    try:
        events = training(config)
    except DataUnavailable as error:
        return refuse(f"{error.sentence(_)} ({error.detail})", FAILED)
    watch: Watch = Lines() if given.json else Bar(_)
    if given.archive is None:
        return follow(events, [watch], _)
    record = Recorder(config)
    code = follow(events, [watch, record], _)
    return max(code, save(given.archive, record, _))


def check_place(path: Path | None, config: TrainConfig, _: Translate) -> None:
    """Raises OSError or FileError before the training if there can be no archive at this place after it."""
    if path is None:
        return
    if not weights_fit(config):
        raise FileError(
            mark("There is no archive of such a run: with its weights it would take more than {most} MB."),
            most=LARGEST // 2**20,
        )
    if path.is_dir() or not os.access(path.absolute().parent, os.W_OK):
        raise FileError(
            mark("The archive cannot be written to {path}: give a file in a folder that you may write to."),
            path=f"“{beginning(path)}”",
        )


def save(path: Path, record: Recorder, _: Translate) -> int:
    """Writes the archive; returns the exit code."""
    try:
        path.write_bytes(write_archive(record.archive()))
    except Refusal as error:
        return refuse(error.sentence(_), FAILED)
    except OSError as error:
        return refuse(_("The archive cannot be written: {error}").format(error=error), FAILED)
    print(_("Written: {path}. The page of runs brings it in.").format(path=path), file=sys.stderr)
    return 0


def spoken_language(arguments: Sequence[str]) -> str:
    """--language if given, else the terminal's language if it is supported, else English."""
    early = argparse.ArgumentParser(add_help=False)
    early.add_argument("--language")
    asked = early.parse_known_args(arguments)[0].language
    said = asked or os.environ.get("LANG", "")
    return said[:2] if said[:2] in LANGUAGES else "en"


def parser(_: Translate) -> argparse.ArgumentParser:
    """A parser with every setting as an option, with its help and bounds from SETTINGS."""
    made = argparse.ArgumentParser(prog="python -m lib.train", description=_("Trains a network in the terminal."))
    made.add_argument("--settings", type=Path, metavar="FILE.json", help=_("Settings to begin with, by name."))
    made.add_argument(
        "--archive",
        type=Path,
        metavar="FILE.zip",
        help=_("Where to write the run, with its curve and its weights; the page of runs brings it in."),
    )
    made.add_argument("--language", choices=tuple(LANGUAGES), help=_("Language of the output."))
    made.add_argument("--json", action="store_true", help=_("One JSON object per epoch instead of text."))
    for name, setting in SETTINGS.items():
        made.add_argument(
            f"--{name}", f"--{name.replace('_', '-')}", dest=name, metavar="…", help=about(setting, name, _)
        )
    return made


def about(setting: Setting, name: str, _: Translate) -> str:
    """The help line of one option. argparse reads % as a placeholder, so it is doubled."""
    default = f"{getattr(TrainConfig(), name)}"
    line = f"{_(setting.help)} ({setting.bounds(_)}; {default})"
    return line.replace("%", "%%")


def read_settings(given: argparse.Namespace) -> TrainConfig:
    """The file's settings, overridden by the options. Raises the first Refusal, or OSError."""
    values = settings_in(given.settings.read_bytes(), given.settings.name) if given.settings else {}
    options = {name: getattr(given, name) for name in SETTINGS if getattr(given, name) is not None}
    config, refused = read_config({**values, **options})
    if refused:
        raise refused[0]
    return config


def refuse(sentence: str, code: int = REFUSED) -> int:
    print(sentence, file=sys.stderr)
    return code


def training(config: TrainConfig) -> Any:
    """The generator of events. Imports TensorFlow here, so that a refused setting does not wait for it."""
    with stderr_redirected():
        from lib.ml.training.datasets import fetch
        from lib.ml.training.loop import train

    return train(config, fetch(config.dataset))


class Watch(Protocol):
    """Hears of every event, and of the end."""

    def __call__(self, event: Event) -> None: ...

    def close(self) -> None: ...


class Lines:
    """Prints one JSON object per epoch, for programs."""

    steps = 0

    def __call__(self, event: Event) -> None:
        if isinstance(event, Evaluated):
            print(json.dumps(summary(event, self.steps)), flush=True)
        elif isinstance(event, Started):
            self.steps = event.steps_per_epoch

    def close(self) -> None:
        """Nothing to close."""


def summary(event: Evaluated, steps: int) -> dict[str, float]:
    """An epoch in numbers, those of the validation part if there is one.

    `train_seconds` is training alone: tracing and compiling came before.
    """
    numbers: dict[str, float] = {
        "epoch": event.epoch,
        "steps": steps,
        "train_seconds": round(event.training_seconds, 3),
        "ms_per_step": round(event.training_seconds / steps * 1000, 3),
        "train_loss": event.train_loss,
        "train_accuracy": event.train_accuracy,
        "test_loss": event.test_loss,
        "test_accuracy": event.test_accuracy,
    }
    if event.validation_loss is not None and event.validation_accuracy is not None:
        numbers |= {"validation_loss": event.validation_loss, "validation_accuracy": event.validation_accuracy}
    return numbers


class Bar:
    """A progress bar over all steps, and the seed's line after each epoch, for people."""

    def __init__(self, _: Translate) -> None:
        self.translate = _
        self.bar = tqdm(unit=_(" steps"), leave=False, dynamic_ncols=True, disable=None)

    def __call__(self, event: Event) -> None:
        if isinstance(event, Started):
            self.bar.reset(event.total_steps)
        elif isinstance(event, Progress):
            self.bar.update(len(event.losses))
        elif isinstance(event, Evaluated):
            self.bar.write(epoch_line(event, self.translate), file=sys.stdout)

    def close(self) -> None:
        self.bar.close()


def epoch_line(event: Evaluated, _: Translate) -> str:
    """The line that the seed prints after each epoch, longer if a part is held out; accuracies in per cent."""
    figures = [event.epoch, event.train_loss, event.train_accuracy * 100, event.test_loss, event.test_accuracy * 100]
    if event.validation_loss is None or event.validation_accuracy is None:
        return _("epoch: {}, loss: {}, accuracy: {}, test loss: {}, test accuracy: {}").format(*figures)
    template = _(
        "epoch: {}, loss: {}, accuracy: {}, test loss: {}, test accuracy: {}, "
        "validation loss: {}, validation accuracy: {}"
    )
    return template.format(*figures, event.validation_loss, event.validation_accuracy * 100)


def follow(events: Any, watching: Sequence[Watch], _: Translate) -> int:
    """Tells all who watch of the events to their end; Ctrl-C requests a stop. Returns the exit code."""
    code, requests = 0, None
    with interrupts() as pressed:
        while (event := next_event(events, requests)) is not None:
            for watch in watching:
                watch(event)
            requests = ControlRequests(stop=pressed.is_set())
            if isinstance(event, Failed):
                code = refuse(why_failed(event, _), FAILED)
            elif isinstance(event, Stopped):
                code = refuse(_("Stopped after step {step}.").format(step=event.step), INTERRUPTED)
    for watch in watching:
        watch.close()
    return code


def next_event(events: Any, requests: ControlRequests | None) -> Event | None:
    """Sends the requests and returns the next event; None after the last."""
    try:
        return events.send(requests)
    except StopIteration:
        return None


@contextmanager
def interrupts() -> Iterator[threading.Event]:
    """Ctrl-C sets the yielded flag, so that the current step is finished; a second Ctrl-C ends the program at once."""
    pressed = threading.Event()
    before = signal.getsignal(signal.SIGINT)

    def press(*_: object) -> None:
        pressed.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, press)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


if __name__ == "__main__":
    sys.exit(main())
