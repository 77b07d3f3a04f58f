"""What a lesson prints is collected wherever TensorFlow writes it, and leaves the server without its folders."""

import sys
from pathlib import Path

import pytest
import tensorflow as tf

from lib.ml.tour.printing import ROOT, printed, without_folders

LESSON = "lib/ml/tour/eager.py"


def test_print_and_tensorflows_own_printing_are_collected_in_order() -> None:
    @tf.function
    def graph(x: tf.Tensor) -> tf.Tensor:
        tf.print("in a graph", x)
        return x + 1.0

    with printed() as texts:
        print("first")
        tf.print("eagerly", tf.constant([1, 2]))
        graph(tf.constant(3.0))
        print("last", file=sys.stderr)
    assert texts == ["first\neagerly [1 2]\nin a graph 3\nlast\n"]


def test_nothing_is_collected_afterwards(capfd: pytest.CaptureFixture[str]) -> None:
    with printed() as texts:
        print("within")
    print("after")
    tf.print("after as well", output_stream=sys.stdout)
    assert texts == ["within\n"]
    assert capfd.readouterr().out == "after\nafter as well\n"


def test_what_was_printed_before_an_error_is_kept() -> None:
    collecting = printed()
    texts = collecting.__enter__()
    print("before")
    assert not collecting.__exit__(LookupError, LookupError(), None), "the error goes on"
    assert texts == ["before\n"]


def test_what_loggers_write_goes_to_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    line = "I0000 00:00:1795638315.099399   14212 some.cc:31] something of this machine\n"
    with printed() as texts:
        print("before")
        sys.stderr.write(line)
        print("after")
    assert texts == ["before\nafter\n"]
    assert line in capfd.readouterr().err


def test_a_trace_keeps_its_lessons_lines_without_the_folders() -> None:
    packages = Path(tf.__file__).parent
    text = (
        'Detected at node MatMul\n  File "/srv/app/run.py", line 3, in <module>\n\n'
        f'  File "{ROOT}/lib/ml/tour/teach.py", line 43, in teach\n\n'
        f'  File "{ROOT}/{LESSON}", line 50, in multiply\n    return x\n           ^\n\n'
        f'  File "{packages}/python/ops.py", line 9, in matmul\n\nMatrix size-incompatible'
    )
    assert without_folders(text, LESSON) == (
        f'Detected at node MatMul\n  File "{LESSON}", line 50, in multiply\n    return x\n\n'
        '  File "tensorflow/python/ops.py", line 9, in matmul\n\nMatrix size-incompatible'
    )


def test_folders_are_left_out_anywhere_in_a_text() -> None:
    assert without_folders(f"saved in {ROOT}/model and {Path.home()}/x", LESSON) == "saved in model and x"
