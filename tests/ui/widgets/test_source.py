"""The code on a page is the file's own text, and showing it does not import TensorFlow."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.training.config import SETTINGS
from lib.ui.train.overview import NETWORK_CODE
from lib.ui.widgets.source import ROOT, source

FILES = sorted((ROOT / "lib").rglob("*.py"))
NAMES = [
    (path.relative_to(ROOT).as_posix(), node.name)
    for path in FILES
    for node in ast.parse(path.read_text(encoding="utf-8")).body
    if isinstance(node, ast.FunctionDef | ast.ClassDef)
]
SHOWN = [
    *(("lib/ml/training/networks.py", name) for names in NETWORK_CODE.values() for name in names),
    *(("lib/ml/training/step.py", name) for name in ("train_step", "in_mode", "many_steps")),
]


@given(st.sampled_from(NAMES))
def test_any_function_or_class_is_shown_as_it_stands_in_its_file(place: tuple[str, str]) -> None:
    path, name = place
    shown = source(path, name)
    assert shown in Path(ROOT / path).read_text(encoding="utf-8")
    (node,) = ast.parse(shown).body
    assert isinstance(node, ast.FunctionDef | ast.ClassDef)
    assert node.name == name
    lines = shown.splitlines()
    assert lines[0].startswith(("def ", "class ", "@"))
    assert lines[-1].strip(), "ends with the name's last line"


def test_decorators_and_docstring_belong_to_it() -> None:
    shown = source("lib/ui/widgets/source.py", "source")
    assert shown.startswith("@st.cache_data")
    assert '"""The function or class `name`' in shown


def test_every_network_has_its_code() -> None:
    assert set(NETWORK_CODE) == set(SETTINGS["network"].options)


@pytest.mark.parametrize(("path", "name"), sorted(set(SHOWN)))
def test_every_name_of_the_code_tab_is_there(path: str, name: str) -> None:
    assert f" {name}(" in source(path, name).replace("\n", " ")


def test_a_name_that_is_not_there_is_refused() -> None:
    with pytest.raises(LookupError, match=r"lib/ml/training/step\.py has no nothing"):
        source("lib/ml/training/step.py", "nothing")


def test_showing_the_code_imports_no_tensorflow() -> None:
    program = f"""
import json, sys
from lib.ui.widgets.source import source
shown = [source(path, name) for path, name in {SHOWN!r}]
print(json.dumps([len(shown), sorted({{name.partition(".")[0] for name in sys.modules}})]))
"""
    command = [sys.executable, "-c", program]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    count, modules = json.loads(answer)
    assert count == len(SHOWN)
    assert not {"tensorflow", "keras", "jax", "torch"} & set(modules)
    assert "streamlit" in modules
