"""Exceptions form one tree, and each has a sentence that its visitor can read, in both languages."""

import ast
import builtins
import re
from pathlib import Path

import pytest

from lib.core.benchmark.comparison_files import ComparisonFileError
from lib.core.codec import Misfit
from lib.core.data.dataset import DataUnavailable
from lib.core.data.uploads import PictureError
from lib.core.errors import REASONS, AppError, Refusal, WeightsError
from lib.core.exports.archive import ArchiveError
from lib.core.exports.archive_events import Misplaced
from lib.core.exports.figures import ExportFailed
from lib.core.exports.formats import TooLarge
from lib.core.exports.webpage import NotAPage, WeightTooLarge
from lib.core.i18n import LANGUAGES, mark, translator
from lib.core.incoming import FileError
from lib.core.inference.litert import LiteError
from lib.core.mydigits.digit_sets import OwnDigitsError
from lib.core.mydigits.finetune_plan import BaseDamaged, BaseLost
from lib.core.studies.configs import MisformedStudy, StudyError, TooFewModes, UnknownSetting
from lib.core.tour.outputs import NoOutput
from lib.core.training.checkpoints import CheckpointMisfit
from lib.core.training.config import SettingError
from lib.core.training.race import EQUAL, RaceError
from lib.core.training.sweep import TWO_VALUES, SweepError
from lib.core.upgrade.refusals import UpgradeError
from lib.export import NoWeights
from lib.ml.benchmark.tf1_session import SessionDied
from lib.runs.artifacts import ArtifactDamaged, ArtifactMissing, ArtifactRefused, ArtifactUnreachable
from lib.runs.exports import ExportLost
from lib.runs.model.classwork import ClassworkError
from lib.runs.model.room import RoomError
from lib.runs.model.run import RunLost, RunOver, StepRepeated, TooManyBrought, TooManyPinned, UnknownRun, UnknownStudy
from lib.runs.model.unavailable import HEALTH_TEXT, StoreUnavailable
from lib.ui.compare.settings import NothingToCompare
from lib.ui.draw.reading.models import NONE_YET, CannotPredict
from lib.ui.jobs.stream import StreamRefused
from lib.ui.widgets.guess import GuessError

ROOT = Path(__file__).parents[2]
GUESS = mark("Your guess must be from {low} to {high}, but {value} was given.")

EXAMPLES: tuple[AppError, ...] = (
    Misfit("steps", -1, "Expected `int` >= 0"),
    SettingError("epochs", 0),
    SettingError("colour", "red"),
    StudyError("depth", "slow", ("quick", "thorough")),
    StudyError("sizes", 0, (1, 1000)),
    MisformedStudy("model", "../x", mark("the id of a run, or “shipped”")),
    TooFewModes("modes", "eager", ("eager", "graph")),
    UnknownSetting("colour"),
    NothingToCompare(),
    GuessError(GUESS, 0.01, 1000, 5000),
    FileError(mark("The file {name} is not JSON text."), name="“a.json”"),
    StreamRefused(mark("There is no language “{code}” here; there are {codes}."), code="xx", codes="en, ko"),
    PictureError("damaged"),
    OwnDigitsError("many", "3,000"),
    ComparisonFileError(mark("The comparison cannot be read: {why}"), why=UnknownSetting("colour")),
    ArchiveError("settings", SettingError("epochs", 0)),
    Misplaced("events[3].epoch", 7, "2"),
    TooManyBrought(most="50"),
    TooManyPinned(100),
    SweepError(TWO_VALUES, "learning_rate"),
    RaceError(EQUAL),
    TooLarge(size=200, most=128),
    WeightTooLarge(largest="70,000"),
    NotAPage(),
    ExportFailed("export_unlike", "onnx: differs by up to 0.5"),
    ExportLost("a.onnx does not exist"),
    NoWeights(),
    CheckpointMisfit("weights: d1/kernel missing"),
    ArtifactMissing("a.npz does not exist"),
    ArtifactDamaged("a.npz has another SHA-256"),
    ArtifactUnreachable("a.npz cannot be read: 503"),
    BaseLost("no weights of run abc are kept"),
    BaseDamaged("weights: d1/kernel missing"),
    LiteError("d1/kernel holds numbers that are not finite"),
    DataUnavailable("mnist", "mnist.npz is not on this machine"),
    StoreUnavailable("disk_full", "database or disk is full"),
    ArtifactRefused(28, "no weights of run abc written"),
    UnknownRun("abc"),
    UnknownStudy("abc"),
    RunOver("run abc is finished"),
    NoOutput("values_at_once"),
    RunLost("run abc is running with b"),
    StepRepeated("run abc is at step 25"),
    CannotPredict(NONE_YET),
    UpgradeError("no_python", line=3, near="x y"),
    SessionDied("it ended with -9"),
    RoomError("code", "ABC"),
    ClassworkError("wall_full"),
)
BRANCHES = {AppError, Refusal, WeightsError}

every_example = pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)


def exceptions_in(package: Path) -> dict[str, set[str]]:
    """Every exception class of the package, with the names of all its bases."""
    bases: dict[str, set[str]] = {}
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases[node.name] = {base.id for base in node.bases if isinstance(base, ast.Name)}

    def ancestors(name: str) -> set[str]:
        return bases.get(name, set()).union(*map(ancestors, bases.get(name, set())))

    return {name: found for name in bases if any(map(is_exception, found := ancestors(name)))}


def is_exception(name: str) -> bool:
    kind = getattr(builtins, name, None)
    return isinstance(kind, type) and issubclass(kind, BaseException)


def test_every_exception_is_in_the_tree_and_among_the_examples() -> None:
    found = exceptions_in(ROOT / "lib")
    assert {name for name, bases in found.items() if "AppError" not in bases} == {"AppError"}
    assert found.keys() == {kind.__name__ for kind in BRANCHES} | {type(error).__name__ for error in EXAMPLES}


@every_example
@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_it_has_a_sentence_for_its_visitor(error: AppError, lang: str) -> None:
    said = error.sentence(translator(lang))
    assert said.endswith((".", "요.", "다."))
    assert not re.search(r"[{}]", said)
    assert bool(re.search("[가-힣]", said)) == (lang == "ko")


@every_example
def test_what_a_run_fails_of_has_words(error: AppError) -> None:
    assert error.reason in REASONS
    assert str(error)
    assert error.detail


def test_values_are_said_in_the_language_of_the_sentence() -> None:
    _ = translator("ko")
    inner = UnknownSetting("colour")
    outer = ComparisonFileError(mark("The comparison cannot be read: {why}"), why=inner)
    assert inner.sentence(_) in outer.sentence(_)


def test_a_place_that_takes_no_file_says_which_trouble_it_has() -> None:
    assert (ArtifactRefused(28, "").reason, ArtifactRefused(28, "").errno) == ("disk_full", 28)
    assert ArtifactRefused(13, "").reason == "weights_read_only"
    assert ArtifactRefused(None, "").reason == "weights_unreachable"


@pytest.mark.parametrize("code", list(HEALTH_TEXT))
def test_a_store_that_is_away_says_why(code: str) -> None:
    assert StoreUnavailable(code, "detail").sentence() == HEALTH_TEXT[code]
