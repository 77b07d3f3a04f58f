"""`python -m lib.train` as a user calls it: output and exit code, in a separate process if that matters."""

import dataclasses
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import streamlit as st

from lib.core.training.config import SETTINGS, TrainConfig
from lib.core.training.events import Evaluated
from lib.train import epoch_line, main, parser, spoken_language
from lib.ui.jobs.run_feed import run_feed
from lib.ui.shell import services
from tests.pages.conftest import own_home
from tests.pages.visiting import visit, words_in, works
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[1]
QUICK = ["--network", "mlp", "--dense_units", "16", "--train_size", "500", "--execution", "graph"]
KEYS = ["epoch", "steps", "train_seconds", "ms_per_step", "train_loss", "train_accuracy", "test_loss", "test_accuracy"]


def terminal(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "lib.train", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_json_is_one_object_per_epoch_and_nothing_else():
    done = terminal(*QUICK, "--epochs", "2", "--json")
    epochs = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (0, "")
    assert [list(epoch) for epoch in epochs] == [KEYS, KEYS]
    assert [(epoch["epoch"], epoch["steps"]) for epoch in epochs] == [(1, 16), (2, 16)]
    assert epochs[0]["ms_per_step"] == pytest.approx(epochs[0]["train_seconds"] * 1000 / 16, abs=0.1)
    assert 0 < epochs[1]["train_loss"] < epochs[0]["train_loss"]


def test_a_part_held_out_adds_its_numbers(capsys):
    assert main([*QUICK, "--epochs", "1", "--validation_split", "0.2", "--json"]) == 0
    (epoch,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert list(epoch) == [*KEYS, "validation_loss", "validation_accuracy"]
    assert epoch["steps"] == 13
    assert 0 <= epoch["validation_accuracy"] <= 1


def test_text_is_the_seeds_line(capsys, monkeypatch):
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert main([*QUICK, "--epochs", "1"]) == 0
    assert capsys.readouterr().out.startswith("epoch: 1, loss: ")


def test_ctrl_c_stops_after_the_step_at_hand():
    slow = ["--execution", "eager", "--batch_size", "1", "--train_size", "200", "--epochs", "100"]  # many minutes
    command = [sys.executable, "-m", "lib.train", *QUICK, *slow, "--json", "--language", "en"]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    running.stdout.readline()
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=PATIENCE)
    assert running.returncode == 130
    assert said.startswith("Stopped after step ")


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["--learning_rate", "-3"], "learning_rate"),
        (["--epochs", "many"], "epochs"),
        (["--execution", "fast"], "execution"),
        (["--batch-size", "0"], "batch_size"),
    ],
)
def test_a_refused_value_is_said_in_a_sentence(arguments, name, capsys):
    assert main([*arguments, "--language", "en"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert f"({name}) must be" in said.err
    assert said.err.count("\n") == 1


def test_a_file_gives_settings_and_options_overrule_it(tmp_path, capsys):
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(TrainConfig(network="mlp", dense_units=8, train_size=100, epochs=3).to_dict()))
    assert main(["--settings", str(file), "--epochs", "1", "--execution", "graph", "--json"]) == 0
    assert [json.loads(line)["steps"] for line in capsys.readouterr().out.splitlines()] == [4]


@pytest.mark.parametrize("text", ["{", "[1]", '{"epochs": 0}', '{"colour": "red"}'])
def test_a_wrong_file_is_refused(text, tmp_path, capsys):
    file = tmp_path / "settings.json"
    file.write_text(text)
    assert main(["--settings", str(file), "--language", "en"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_missing_file_is_refused(tmp_path, capsys):
    assert main(["--settings", str(tmp_path / "none.json"), "--language", "en"]) == 2
    assert "none.json" in capsys.readouterr().err


def test_a_run_of_the_terminal_is_brought_in_and_shown(tmp_path, capsys):
    """The page shows the same accuracy and the same curve that the terminal has printed."""
    file = tmp_path / "run.zip"
    assert main([*QUICK, "--epochs", "2", "--seed", "11", "--json", "--archive", str(file), "--language", "en"]) == 0
    said = capsys.readouterr()
    epochs = [json.loads(line) for line in said.out.splitlines()]
    assert said.err.endswith("run.zip. The page of runs brings it in.\n")
    with own_home(tmp_path):
        st.cache_resource.clear()
        page = visit("runs")
        page.get_by_key("runs_bring_0").set_value(("run.zip", file.read_bytes(), "application/zip")).run()
        assert works(page)
        (run,) = services.store().runs()
        page = visit("train", run=run.id)
        assert works(page)
        assert f"{100 * epochs[-1]['test_accuracy']:.2f}" in words_in(page, "run_summary")
        view = run_feed(run.id).look()
        st.cache_resource.clear()
    assert (run.config.dense_units, run.config.seed, run.step, str(run.status)) == (16, 11, 32, "finished")
    assert [(e.test_loss, e.test_accuracy) for e in view.epochs] == [
        (e["test_loss"], e["test_accuracy"]) for e in epochs
    ]
    assert len(view.lines["loss"].x) == 32


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--archive", "/no/such/folder/run.zip"], "cannot be written to “/no/such/folder/run.zip”"),
        (["--archive", "run.zip", "--dense_units", "1024"], "would take more than 64 MB"),
    ],
)
def test_an_archive_that_cannot_be_is_refused_before_the_training(arguments, why, capsys):
    assert main([*arguments, "--language", "en"]) == 2
    assert why in capsys.readouterr().err


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_an_option_with_its_help(name):
    said = parser(str).format_help()
    assert f"--{name}" in said


@pytest.mark.parametrize(
    ("arguments", "lang", "expected"),
    [
        ([], "ko_KR.UTF-8", "ko"),
        ([], "C", "en"),
        (["--language", "ko"], "en_US", "ko"),
        (["--language=en"], "ko", "en"),
    ],
)
def test_language(arguments, lang, expected, monkeypatch):
    monkeypatch.setenv("LANG", lang)
    assert spoken_language(arguments) == expected


def an_epoch(**changes):
    event = Evaluated(
        epoch=3,
        step=9,
        train_loss=0.5,
        train_accuracy=0.75,
        test_loss=0.25,
        test_accuracy=0.875,
        confusion=(),
        training_seconds=1,
        evaluating_seconds=1,
    )
    return dataclasses.replace(event, **changes)


def test_the_line_has_accuracies_in_per_cent():
    line = "epoch: 3, loss: 0.5, accuracy: 75.0, test loss: 0.25, test accuracy: 87.5"
    assert epoch_line(an_epoch(), str) == line
    held_out = an_epoch(validation_loss=0.125, validation_accuracy=0.5)
    assert epoch_line(held_out, str) == f"{line}, validation loss: 0.125, validation accuracy: 50.0"
