"""The text of a run's script: it is Python for any settings, and has no more than they need. `tests/ml` runs it."""

import ast
import json

import pytest

from lib.core.exports.code.script import notebook_of, script_of
from lib.core.i18n import LANGUAGES, translator, untranslated
from lib.core.training.config import SETTINGS, TrainConfig
from lib.core.training.events import RateChanged

CASES = [
    {name: value}
    for name, setting in SETTINGS.items()
    for value in (setting.options or [v for v in (setting.low, setting.high) if v is not None])
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_python_without_our_code_for_any_settings(language: str) -> None:
    for settings in CASES:
        tree = ast.parse(script_of(TrainConfig(**settings), translator(language)))
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
        assert {str(name).partition(".")[0] for name in imported} == {"numpy", "tensorflow"}


def test_every_name_that_it_imports_or_makes_is_used() -> None:
    for settings in CASES:
        tree = ast.parse(script_of(TrainConfig(**settings), untranslated))
        imported = [
            n.asname or n.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for n in node.names
        ]
        made = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        assert {*imported, *made} <= used, settings


def test_every_setting_is_in_the_script() -> None:
    """Except how many steps TensorFlow makes in one call: that changes the speed, and no number."""
    plain = ast.dump(ast.parse(script_of(TrainConfig(), untranslated)))
    changing = {
        name
        for settings in CASES
        for name in settings
        if ast.dump(ast.parse(script_of(TrainConfig(**settings), untranslated))) != plain
    }
    assert SETTINGS.keys() - changing == {"steps_per_call"}


def test_plain_settings_need_plain_lines() -> None:
    plain = script_of(TrainConfig(optimizer="sgd", shuffle_buffer=60_000), untranslated)
    for word in ("Dropout", "val_", "rates", "training=", "dtype", "jit", "class FusedAdam", "break", "[:"):
        assert word not in plain


def test_a_name_from_outside_stays_a_comment() -> None:
    name = 'a\nimport os\r\x0c\u2028\x00os.remove("x")' + "b" * 300
    script = script_of(TrainConfig(), untranslated, name=name)
    assert ast.dump(ast.parse(script)) == ast.dump(ast.parse(script_of(TrainConfig(), untranslated)))


def test_it_says_where_its_losses_are_not_the_runs() -> None:
    same = "step by step"
    assert same in script_of(TrainConfig(), untranslated)
    tuned = script_of(TrainConfig(), untranslated, is_tuned=True)
    assert "weights of another one" in tuned
    assert same not in tuned
    older = script_of(TrainConfig(), untranslated, scheme=1)
    assert "older version" in older
    assert same not in older
    newer = script_of(TrainConfig(), untranslated, unread=["mixup\nimport os"])
    assert "defaults for: mixup import os." in newer
    assert same not in newer
    assert "stopped after step 1,234" in script_of(TrainConfig(), untranslated, stopped_after=1234)
    changed = script_of(TrainConfig(), untranslated, rate_changes=[RateChanged(step=7, learning_rate=0.25)])
    assert "rates[7:] = np.float32(0.25 * shape[7:])" in changed


def test_the_notebook_has_the_same_lines_in_cells() -> None:
    script = script_of(TrainConfig(), translator("ko"))
    notebook = json.loads(notebook_of(script))
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    kinds = [cell["cell_type"] for cell in notebook["cells"]]
    assert kinds == ["markdown", "code"] * 7
    code = "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
    assert ast.dump(ast.parse(code)) == ast.dump(ast.parse(script))
