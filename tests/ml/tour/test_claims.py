"""What the lessons' texts claim is what comes out, whatever is chosen."""

import functools
import json
import re

import numpy as np
import pytest

from lib.core.tour.lessons import LESSONS
from lib.core.tour.outputs import Outputs
from lib.ml.tour import devices, ecosystem
from tests.ml.tour.test_every_lesson import taught


@functools.cache
def outputs_of(code: str, **values: int | float | str) -> Outputs:
    return taught(LESSONS[code], values)


@pytest.mark.parametrize(("size", "depth"), [(2, 1), (64, 10)])
def test_session_eager_and_function_compute_the_same(size: int, depth: int) -> None:
    outputs = outputs_of("why", size=size, depth=depth)
    ways = ("tf1_graph_and_session", "tf2_eager", "tf2_function")
    session, eager, function = (float(outputs.text(way).split()[-1]) for way in ways)
    value = np.full(size, 1 / size)  # every row of the product is alike, and x only averages it
    for _ in range(depth):
        value = np.tanh(value)
    expected = size * value.sum()
    np.testing.assert_allclose([session, eager, function], expected, rtol=1e-5)


def test_the_graph_has_a_product_and_a_tanh_for_each_step() -> None:
    operations = [line.split()[0] for line in outputs_of("why", depth=4).text("what_the_graph_holds").splitlines()]
    assert (operations.count("MatMul"), operations.count("Tanh"), operations.count("Placeholder")) == (4, 4, 1)


@pytest.mark.parametrize("calls", [1, 7])
def test_python_runs_once_and_the_graph_each_time(calls: int) -> None:
    outputs = outputs_of("functions", calls=calls)
    lines = outputs.text("print_and_tf_print").splitlines()
    assert lines[0].startswith("print:"), "tracing comes before the first run"
    assert [line.split(":")[0] for line in lines[1:]] == ["tf.print"] * calls
    counts = [int(line.split()[-1]) for line in outputs.text("a_side_effect_happens_once").splitlines()]
    assert counts == [calls, 1, calls]


def test_a_variable_is_refused_on_the_second_call_and_the_fix_works() -> None:
    outputs = outputs_of("functions")
    assert outputs.text("a_variable_on_the_second_call").split() == ["first:", "6.0"]
    assert "ValueError" in outputs.error("a_variable_on_the_second_call")
    assert outputs.text("made_before_the_call").split() == ["first:", "6.0", "second:", "6.0"]
    assert not outputs.error("made_before_the_call")


@pytest.mark.parametrize("start", [1, 27, 1000])
def test_the_graph_decides_as_python_would(start: int) -> None:
    x, steps = start, 0
    while x != 1:
        x, steps = x // 2 if x % 2 == 0 else 3 * x + 1, steps + 1
    text = outputs_of("functions", start=start).text("if_and_while_in_the_graph")
    assert f"in {steps} steps" in text
    assert "While" in text
    assert "If" in text
    assert text.split()[-1] == "1", "one trace"


def test_each_python_number_has_a_graph_and_tensors_share_one() -> None:
    numbers, tensors = outputs_of("functions", calls=6).text("numbers_against_tensors").splitlines()
    assert "6 graphs" in numbers
    assert "1 graph" in tensors


@pytest.mark.parametrize(
    ("function", "at", "slope"),
    [("square", -1.5, -3.0), ("sine", 0.0, 1.0), ("relu", -2.0, 0.0), ("relu", 0.0, 0.0), ("cubic", 2.0, 11.0)],
)
def test_the_tape_gives_the_slope_of_mathematics(function: str, at: float, slope: float) -> None:
    outputs = outputs_of("tape", function=function, at=at)
    assert float(outputs.text("gradient_and_tangent").split()[-1]) == pytest.approx(slope, abs=1e-4)
    x, tangent = (outputs.array("gradient_and_tangent", key) for key in ("x", "tangent"))
    np.testing.assert_allclose(np.diff(tangent) / np.diff(x), slope, atol=1e-3)


def test_the_first_steps_are_those_of_the_rules() -> None:
    """Adam and RMSprop divide by the gradient's size; SGD does not; momentum begins as SGD."""
    outputs = outputs_of("tape", steps=1, rate=0.1, start_x=-2.0, start_y=1.0)
    step = {name: np.diff(outputs.array("descent", name), axis=0)[0] for name in ("SGD", "Momentum", "Adam")}
    np.testing.assert_allclose(step["SGD"], [0.4, -1.6], rtol=1e-5)  # minus the rate times (2x, 16y)
    np.testing.assert_allclose(step["Momentum"], step["SGD"])
    np.testing.assert_allclose(step["Adam"], [0.1, -0.1], rtol=1e-4)


@pytest.mark.parametrize(("filters", "units"), [(1, 1), (8, 64)])
def test_the_three_models_agree(filters: int, units: int) -> None:
    outputs = outputs_of("models", filters=filters, units=units)
    lines = outputs.text("same_outputs").splitlines()
    counted = (9 + 1) * filters + (26 * 26 * filters + 1) * units + (units + 1) * 10
    assert [line.split()[1] for line in lines if "parameters" in line] == [f"{counted:,}"] * 3
    differences = [float(line.split(":")[1]) for line in lines if "difference" in line]
    assert len(differences) == 2
    assert max(differences) < 1e-6


def test_what_each_model_cannot_is_refused() -> None:
    outputs = outputs_of("models")
    assert not outputs.error("two_inputs_and_a_skip")
    assert "ValueError" in outputs.error("two_inputs_in_a_row")
    assert "MyModel" in outputs.error("opened_from_its_description")
    small, large = outputs.text("a_loop_that_looks_at_values").splitlines()
    assert small.split(":")[1] != large.split(":")[1], "the loop follows the values"


@pytest.mark.parametrize("buffer", [1, 10, 499])
def test_a_buffer_moves_no_element_further_ahead_than_it_reaches(buffer: int) -> None:
    order = outputs_of("data", buffer=buffer).array("what_a_buffer_mixes", "order")
    ahead = order - np.arange(len(order))
    assert sorted(order) == list(range(500))
    assert ahead.max() <= buffer - 1
    assert (ahead.max() == 0) == (buffer == 1)


def test_a_cached_function_runs_once_for_each_element() -> None:
    runs = [int(line.split()[-2]) for line in outputs_of("data").text("map_with_and_without_cache").splitlines()]
    assert runs == [300, 100]


def test_a_loss_is_minus_the_logarithm_of_its_probability() -> None:
    outputs = outputs_of("step")
    probabilities, losses = (outputs.array("probabilities_and_losses", key) for key in ("probabilities", "losses"))
    labels = outputs.array("batch_of_32", "labels").astype(int)
    np.testing.assert_allclose(losses, -np.log(probabilities[np.arange(32), labels]), rtol=1e-4)
    assert abs(losses.mean() - np.log(10)) < 0.1


@pytest.mark.parametrize("rate", [0.001, 0.1])
def test_adams_first_step_is_as_long_as_the_rate(rate: float) -> None:
    outputs = outputs_of("step", rate=rate)
    before, after = (outputs.array("weights_before_and_after", key) for key in ("before", "after"))
    moved = np.abs(after - before)
    assert moved.max() <= rate * 1.001
    assert np.median(moved) > 0.9 * rate


def test_logical_devices_bring_the_same_losses() -> None:
    outputs = outputs_of("devices", replicas=3)
    alone, mirrored = (outputs.array("mirrored_in_its_own_process", f"losses_{way}") for way in ("alone", "mirrored"))
    np.testing.assert_allclose(mirrored, alone, atol=1e-5)
    assert mirrored[-1] < mirrored[0] - 0.5, "it learns"
    assert "RuntimeError" in outputs.error("losses_on_logical_devices"), "TensorFlow has begun long ago"


def test_a_device_that_is_not_there_is_replaced_softly_and_refused_strictly() -> None:
    outputs = outputs_of("devices", replicas=3)
    softly = outputs.text("where_it_ran").splitlines()[-1]
    assert softly.startswith("GPU:7, softly")
    assert "GPU:7" not in softly.split(":", 2)[2]
    assert "Could not satisfy device specification" in outputs.error("where_it_ran")


def test_a_type_of_fewer_bytes_is_less_exact() -> None:
    lines = [line.split() for line in outputs_of("devices", replicas=3).text("product_by_type").splitlines()]
    off = {words[0]: float(words[-1]) for words in lines}
    assert off["float64"] < off["float32"] < off["float16"] < off["bfloat16"]


def test_where_no_tpu_is_named_that_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TPU_NAME", "TPU_CONFIG", "KUBE_GOOGLE_CLOUD_TPU_ENDPOINTS"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ValueError, match="Please provide a TPU Name"):
        devices.connect_to_a_tpu()


def test_a_process_of_its_own_has_a_limit_and_says_what_went_wrong() -> None:
    with pytest.raises(TimeoutError, match="no answer within"):
        devices.in_a_process_of_its_own(devices.what_there_is, seconds=0.01)
    with pytest.raises(RuntimeError, match="TypeError"):
        devices.in_a_process_of_its_own(devices.what_there_is, "too many")


def test_a_request_is_answered_as_tensorflow_serving_would() -> None:
    text = outputs_of("ecosystem", block="serving").text("predict_as_tensorflow_serving")
    assert '{"signature_name": "serving_default", "instances": [[[' in text
    answer = json.loads(text.split("the answer:\n")[1].rpartition("the largest")[0])
    model = ecosystem.trained_network(4, 1000)
    images = ecosystem.digits(2, 3)[0].astype(float).round(2).astype(np.float32)
    np.testing.assert_allclose(answer["predictions"], model(images), atol=1e-6)


def test_litert_is_smaller_and_names_the_same_classes() -> None:
    text = outputs_of("ecosystem", block="litert", count=64).text("litert_beside_keras")
    before, after = (int(size.replace(",", "")) for size in re.findall(r"([\d,]+) bytes", text))
    assert after < before
    assert "the same class for 64 of 64 digits" in text


def test_what_c_computes_is_what_python_does() -> None:
    text = outputs_of("ecosystem", block="languages").text("called_from_c")
    assert text.count(": OK") == 2
    assert float(text.split()[-1]) < 1e-6


def test_only_the_chosen_block_runs() -> None:
    left = {each.name for each in outputs_of("ecosystem", block="network", learned=20).all}
    assert left == {"trained_network", "how_well_it_reads"}
