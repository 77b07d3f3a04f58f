"""The formats of a run on the Runs page: asked for, waited for, and handed out with their figures."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.core.exports.formats import FORMATS, why_not
from lib.core.i18n import LANGUAGES, translator
from lib.core.studies.configs import EXPORT, ExportConfig
from lib.core.studies.events import Exported, Exporting
from lib.core.training.config import TrainConfig
from lib.core.training.events import Checkpoint, Failed, Finished, Stopped
from lib.runs import artifacts, exports
from lib.runs.db import ledger
from lib.runs.db.json_events import AnyEvent
from lib.runs.db.store import Store
from lib.ui.shell.visitor import known_by
from tests.core.exports.random_network import random_weights
from tests.pages.conftest import own_home
from tests.pages.stories import BEGUN, progress
from tests.pages.visiting import english_left, there, visit, words_in, words_on, works
from tests.runs.study_examples import BEGAN

MLP = TrainConfig(network="mlp", dense_units=16)
both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    with own_home(tmp_path) as folder:
        yield folder


def trained(store: Store, config: TrainConfig = MLP, owner: str = "one", weights: bool = True) -> str:
    """A run after 25 steps, with its weights."""
    run_id = store.create_run(config, owner=known_by(owner)).id
    store.claim(run_id, "server/host:1/a")
    for event in (*BEGUN, progress(1, 25)):
        store.append(run_id, event)
    if weights:
        store.append(run_id, Checkpoint(step=25, weights=random_weights(config)))
    return run_id


def asked(store: Store, run_id: str, wanted: str, *events: AnyEvent, owner: str = "one") -> str:
    """An export with these events after its beginning."""
    study = store.create_study(ExportConfig(model=run_id, format=wanted), owner=known_by(owner))
    if events:
        store.claim(study.id, "server/host:1/a")
    for event in events:
        store.append(study.id, event)
    return study.id


SIZE = 11_083_192


def found(wanted: str, step: int = 25, path: str = "", sha256: str = "", same: int = 1000) -> Exported:
    return Exported(
        format=wanted, step=step, size=SIZE, difference=1.5e-7, digits=1000, same=same, milliseconds=2.5,
        seconds=12.4, versions={"onnx": "1.23"}, path=path, sha256=sha256,
    )  # fmt: skip


def kept(folder: Path) -> tuple[str, str]:
    """A file of this size, which takes no room on the disk."""
    with (folder / "made.onnx").open("wb") as file:
        file.truncate(SIZE)
    return exports.keep(folder / "made.onnx", "run", 25)


def come(lang: str = "en", others: bool = False) -> AppTest:
    """The page with its newest run chosen."""
    visitor = visit("runs", lang=lang)
    if others:
        visitor.get_by_key("runs_mine").set_value(False).run()
    (table,) = (frame for frame in visitor.dataframe if (frame.key or "").startswith("runs_table"))
    visitor.session_state[table.key] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    return visitor.run()


def row(visitor: AppTest, wanted: str) -> str:
    return words_in(visitor, f"export_row_{wanted}")


@both_languages
def test_every_format_says_what_it_is_for_and_is_made_on_request(store: Store, lang: str) -> None:
    run_id = trained(store)
    visitor = come(lang)
    assert works(visitor)
    _ = translator(lang)
    for code, wanted in FORMATS.items():
        assert _(wanted.purpose) in row(visitor, code)
        assert not there(visitor, f"download_{code}")
    visitor.get_by_key("export_onnx").click().run()
    assert works(visitor)
    (study,) = store.studies(EXPORT)
    assert (study.config, study.owner) == (ExportConfig(model=run_id, format="onnx"), known_by("one"))
    assert not there(visitor, "export_onnx")
    visitor.get_by_key("export_stop_onnx").click().run()
    assert store.study(study.id).status == "stopped"
    assert _("Stopped; no file was written.") in row(visitor, "onnx")
    assert there(visitor, "export_onnx")
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


@both_languages
def test_a_file_is_handed_out_with_its_figures_and_only_if_it_passed(store: Store, lang: str, tmp_path: Path) -> None:
    run_id = trained(store)
    path, sha256 = kept(tmp_path)
    asked(store, run_id, "onnx", BEGAN, found("onnx", path=path, sha256=sha256), Finished(step=1, reason="exported"))
    asked(store, run_id, "keras", BEGAN, Exporting(stage="check", seconds=4.0))
    asked(store, run_id, "litert_int8", BEGAN, found("litert_int8", same=900), Failed(step=1, reason="export_unlike"))
    visitor = come(lang)
    assert works(visitor)
    _ = translator(lang)
    assert not there(visitor, "export_onnx")
    assert {key for key in FORMATS if there(visitor, f"download_{key}")} == {"onnx"}
    for figure in ("11.1 MB", "1.5e-07", "1,000", "2.5 ms", "onnx 1.23", "25"):
        assert figure in row(visitor, "onnx")
    assert "…" in row(visitor, "keras")
    assert "900" in row(visitor, "litert_int8")
    assert there(visitor, "export_litert_int8")
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


def test_an_export_of_others_is_handed_out_and_their_failures_are_theirs(store: Store, tmp_path: Path) -> None:
    run_id = trained(store, owner="two")
    path, sha256 = kept(tmp_path)
    done = found("onnx", path=path, sha256=sha256), Finished(step=1, reason="exported")
    asked(store, run_id, "onnx", BEGAN, *done, owner="two")
    asked(store, run_id, "onnx", Stopped(step=0), owner="two")
    asked(store, run_id, "keras", BEGAN, owner="two")
    visitor = come(others=True)
    assert works(visitor)
    assert there(visitor, "download_onnx")
    assert there(visitor, "export_keras"), "one may ask for it as well"


def test_after_more_steps_the_file_can_be_made_again(store: Store, tmp_path: Path) -> None:
    run_id = trained(store)
    path, sha256 = kept(tmp_path)
    earlier = found("onnx", step=10, path=path, sha256=sha256), Finished(step=1, reason="exported")
    asked(store, run_id, "onnx", BEGAN, *earlier)
    visitor = come()
    assert works(visitor)
    assert "After step 10" in row(visitor, "onnx")
    assert there(visitor, "download_onnx")
    assert visitor.get_by_key("export_onnx").label == "Make again"
    asked(store, run_id, "onnx", BEGAN, Failed(step=0, reason="export_slow"))
    visitor.run()
    assert "too long" in row(visitor, "onnx")
    assert "After step 10" in row(visitor, "onnx"), "the earlier file stays"
    assert there(visitor, "download_onnx")


def test_a_file_that_is_gone_is_not_offered_but_can_be_made_again(store: Store, tmp_path: Path) -> None:
    run_id = trained(store)
    path, sha256 = kept(tmp_path)
    asked(store, run_id, "onnx", BEGAN, found("onnx", path=path, sha256=sha256), Finished(step=1, reason="exported"))
    artifacts.remove(path)
    visitor = come()
    assert works(visitor)
    assert not there(visitor, "download_onnx")
    assert "no longer there" in row(visitor, "onnx")
    visitor.get_by_key("export_onnx").click().run()
    assert [study.status for study in store.studies(EXPORT)] == ["waiting", "finished"]
    assert "no longer there" not in row(visitor, "onnx")


@both_languages
def test_what_cannot_be_made_says_why(store: Store, lang: str) -> None:
    trained(store, weights=False)
    visitor = come(lang)
    assert works(visitor)
    assert not there(visitor, "export_onnx")
    assert any("weights" in text or "가중치가 없습니다" in text for text in words_on(visitor))
    run_id = trained(store)
    large = TrainConfig(filters=128, dense_units=1024)
    with store._writing() as connection:  # weights of its size would take a third of a gigabyte here
        ledger.update(connection, run_id, config=json.dumps(large.to_dict()))
    visitor = come(lang)
    assert works(visitor)
    refused = why_not(large, "keras")
    assert refused
    assert refused.sentence(translator(lang)) in row(visitor, "keras")
    assert visitor.get_by_key("export_keras").disabled
    assert not visitor.get_by_key("export_tensorboard").disabled
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


def test_the_visitors_limit_holds(store: Store) -> None:
    run_id = trained(store)
    for _number in range(4):
        asked(store, run_id, "keras")
    visitor = come()
    visitor.get_by_key("export_onnx").click().run()
    assert works(visitor)
    assert len(store.studies(EXPORT)) == 4
    assert "This server allows 5" in visitor.warning[0].value
