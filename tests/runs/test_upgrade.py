"""Code is upgraded by TensorFlow's own tool in a process of its own, within limits, and is not executed."""

import sys
from pathlib import Path

import pytest

from lib.core.i18n import LANGUAGES, translator
from lib.core.upgrade.examples import EXAMPLES
from lib.core.upgrade.refusals import MOST_BYTES, UpgradeError
from lib.core.upgrade.result import Missing, Upgraded
from lib.runs.upgrade import Limits, upgrade, why_silent

ROOT = Path(__file__).parents[2]
WITH = "import tensorflow as tf\n"


def missing(result: Upgraded) -> dict[str, Missing]:
    return {each.name: each for each in result.missing}


def example(code: str) -> Upgraded:
    return upgrade(EXAMPLES[code][1])


def test_a_session_moves_and_nothing_of_it_is_gone() -> None:
    result = example("session")
    for name in ("Session", "placeholder", "global_variables_initializer"):
        assert f"tf.compat.v1.{name}" in result.code
        assert f"+{WITH}" not in result.diff()
    assert "with tf.control_dependencies([loss]):" in result.code
    assert "keepdims=False" in result.code
    assert result.missing == ()
    assert result.names > 10
    assert "tensorflow" not in sys.modules or result.version == sys.modules["tensorflow"].__version__
    said = [note.sentence(str) for note in result.notes]
    assert "tf.Session is now tf.compat.v1.Session." in said
    assert "tf.reduce_mean: the argument keep_dims is now called keepdims." in said


def test_layers_and_estimators_are_still_gone() -> None:
    result = example("layers")
    gone = missing(result)
    assert gone["tf.layers.dense"].ends == "tf.layers"
    assert gone["tf.estimator.Estimator"].ends == "tf.estimator"
    assert "tf.contrib.slim" in gone
    assert result.passed == (2,)
    assert any(note.level == "ERROR" and "contrib" in note.text for note in result.notes)
    lines = result.code.splitlines()
    assert all("dense" in lines[number - 1] for number in gone["tf.layers.dense"].lines)


def test_the_tool_is_wrong_about_keras_optimizers() -> None:
    (wrong,) = example("keras").missing
    assert (wrong.name, wrong.was) == ("tf.keras.optimizers.legacy.Adam", "tf.keras.optimizers.Adam")
    assert wrong.refuses


def test_a_name_that_the_tool_passed_over_has_the_tables_new_one() -> None:
    result = upgrade("import tensorflow as T\nT.Session()\n")
    assert result.code == result.given
    assert result.diff() == ""
    assert missing(result)["tf.Session"].new == "tf.compat.v1.Session"


def test_nothing_is_executed(tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    result = upgrade(f"{WITH}open({str(trace)!r}, 'w').close()\nraise SystemExit(tf.Session())\n")
    assert "tf.compat.v1.Session" in result.code
    assert not trace.exists()


@pytest.mark.parametrize("code", ["# 세션\n", "x = 'é'\n", WITH, "\tx".strip() + "\n", "pass"])
def test_code_without_old_names_comes_back_as_it_was(code: str) -> None:
    result = upgrade(code)
    assert (result.code, result.notes, result.missing) == (code, (), ())


ODD = {
    "print 'x'": ("python_2", 1),
    "try:\n    x\nexcept A, e:\n    pass": ("python_2", 3),
    "mode = 0777": ("python_2", 1),
    "x = 1\n한글 코드": ("no_python", 2),
    "<html>": ("no_python", 1),
    "def f():\nreturn 1": ("indent", 2),
    "    x = 1": ("indent", 1),
    "(" * 1000: ("deep", 1),
    "-" * 60_000 + "1": ("deep", 0),
    "x = " + "1+" * 3000 + "1": ("deep", 0),
    "a" + ".b" * 20_000: ("deep", 0),
    "x = 1\nprint(y := 3)": ("new_syntax", 2),
    "match x:\n    case 1:\n        pass": ("new_syntax", 1),
    "x = 1\nwith (\n    open('a') as f,\n    open('b') as g,\n):\n    pass": ("new_syntax", 2),
}


@pytest.mark.parametrize(("code", "refusal"), ODD.items(), ids=lambda each: str(each)[:12])
def test_odd_code_is_refused_with_its_line_and_no_path_of_the_server(code: str, refusal: tuple[str, int]) -> None:
    with pytest.raises(UpgradeError) as refused:
        upgrade(code)
    kind, line = refusal
    assert refused.value.code == kind
    assert kind == "deep" or refused.value.values["line"] == line
    for lang in LANGUAGES:
        said = refused.value.sentence(translator(lang))
        assert str(ROOT) not in said
        assert "Traceback" not in said
        assert "site-packages" not in said


def test_the_most_code_is_taken_within_the_limits() -> None:
    line = "tf.foo.bar(tf.Session(), keep_dims=1)\n"
    result = upgrade(line * (MOST_BYTES // len(line)))
    assert result.count > len(result.notes)
    assert len(missing(result)["tf.foo.bar"].lines) == MOST_BYTES // len(line)


def test_who_waits_too_long_for_the_process_is_told() -> None:
    with pytest.raises(UpgradeError) as refused:
        upgrade(WITH, Limits(patience=0.01))
    assert refused.value.code == "slow"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not hold a process to them")
@pytest.mark.parametrize(("limits", "code"), [(Limits(seconds=1), "slow"), (Limits(megabytes=40), "memory")])
def test_past_its_limits_the_process_is_ended(limits: Limits, code: str) -> None:
    with pytest.raises(UpgradeError) as refused:
        upgrade("1+1\n" * 16_000, limits)  # a long file of small sums takes the tool a quarter of a minute
    assert refused.value.code == code


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such signals")
def test_how_a_process_ended_says_why() -> None:
    import signal

    assert why_silent(-signal.SIGXCPU, b"") == "slow"
    assert why_silent(-signal.SIGKILL, b"") == "slow"
    assert why_silent(-signal.SIGSEGV, b"") == "deep"
    assert why_silent(1, b"...\nMemoryError\n") == "memory"
    assert why_silent(1, b"") == "tool"
