"""What the lessons' texts claim is what comes out, whatever is chosen."""

import functools
import json
import re
from operator import attrgetter

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.tools.compatibility.renames_v2 import renames

from lib.core.tour.lessons import LESSONS
from lib.core.tour.listing import CURVES
from lib.core.tour.outputs import Numbers, Outputs
from lib.ml.tour import devices, ecosystem, teach
from tests.ml.tour.test_every_lesson import taught


@functools.cache
def outputs_of(code: str, **values: int | float | str) -> Outputs:
    return taught(LESSONS[code], values)


def outputs_in(code: str, function: str, **values: int | float | str) -> Outputs:
    """What this function of the lesson leaves, and no other runs."""
    lesson = LESSONS[code]
    return Outputs(teach.outputs_of(teach.module_of(code), function, lesson.values(values), lesson.file))


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
    operations = re.findall(r'\["(\w+)"\]', outputs_of("why", depth=4).text("what_the_graph_holds"))
    assert (operations.count("MatMul"), operations.count("Tanh"), operations.count("Placeholder")) == (4, 4, 1)


def is_there(name: str) -> bool:
    try:
        attrgetter(name.removeprefix("tf."))(tf)
    except AttributeError:
        return False
    return name.startswith("tf.")


def test_every_renamed_name_is_looked_up_to_its_leaf() -> None:
    outputs = outputs_of("api")
    old, old_is, new, new_is = (outputs.column("every_renamed_name", key) for key in ("old", "old is", "new", "new is"))
    table = dict(zip(old, new, strict=True))
    assert renames.items() <= table.items(), "the whole of TensorFlow's first table is in it"
    assert {name: said == "there" for name, said in zip(old, old_is, strict=True)} == {n: is_there(n) for n in old}
    assert [said == "there" for said in new_is] == [is_there(name) for name in new]
    counts = [int(line.split()[0]) for line in outputs.text("every_renamed_name").splitlines()]
    assert counts == [len(old), old_is.count("gone"), new_is.count("gone")]


def test_the_names_of_the_notes_are_gone_but_for_one() -> None:
    outputs = outputs_of("api")
    here = dict(line.split("; ")[0].split(": ") for line in outputs.text("names_of_the_notes").splitlines())
    assert here["tf.control_dependencies"] == "still there"
    assert {name: said == "still there" for name, said in here.items()} == {name: is_there(name) for name in here}
    assert outputs.error("a_new_name_that_refuses").startswith("ImportError")


@pytest.mark.parametrize("name", ["tf.keras.optimizers.Adam", "tf.layers.dense", "tf.nn.rnn_cell.LSTMCell"])
def test_a_name_is_followed_as_far_as_it_goes(name: str) -> None:
    *parts, _table = outputs_of("api", name=name).text("one_name_to_its_leaf").splitlines()
    reached = [line.split()[0] for line in parts if "is there" in line]
    assert reached == [part for part in reached if is_there(part)]
    assert (parts[-1] == f"{name} is there: type") == is_there(name)
    assert is_there(name) or not is_there(parts[-1].split()[0])


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
    assert outputs.printed("a_variable_on_the_second_call").text.split() == ["first:", "6.0"]
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


PRINTED = re.compile(r"에포크: (\d+), 손실: ([\d.]+), 정확도: ([\d.]+), 테스트 손실: ([\d.]+), 테스트 정확도: ([\d.]+)")


def test_the_notes_line_averages_over_all_epochs_and_a_reset_over_one() -> None:
    outputs = outputs_in("listing", "the_loop", epochs=3, size=64)
    lines = [PRINTED.fullmatch(line) for line in outputs.text("the_loop").splitlines()]
    printed = [[float(number) for number in line.groups()] for line in lines if line]
    assert [line[0] for line in printed] == [1, 2, 3]
    assert all(0 <= line[place] <= 100 for line in printed for place in (2, 4))
    kept, fresh = (outputs.array("the_loop", curve) for curve in CURVES)
    np.testing.assert_allclose([line[1] for line in printed], kept[1::2], rtol=1e-6)
    ends = fresh[1::2]  # two steps an epoch: the last of each is the mean of its epoch
    np.testing.assert_allclose(kept[1::2], np.cumsum(ends) / [1, 2, 3], rtol=1e-5)
    assert ends[2] < ends[0], "it learns"
    np.testing.assert_allclose(kept[:2], fresh[:2], rtol=1e-6)


def test_without_the_channel_axis_the_convolution_refuses() -> None:
    before, after, *_ = outputs_in("listing", "the_channel_axis").text("the_channel_axis").splitlines()
    assert before.endswith("(256, 28, 28)")
    assert after.endswith("(256, 28, 28, 1)")
    refused = outputs_in("listing", "without_the_channel_axis").error("without_the_channel_axis")
    assert "expected min_ndim=4, found ndim=3" in refused


def test_with_32_filters_it_is_the_notes_network_and_its_step_helps() -> None:
    assert "2,770,634 parameters" in outputs_in("listing", "the_model", filters=32).text("the_model")
    before, after = re.findall(r"loss ([\d.]+)", outputs_in("listing", "one_step", filters=32).text("one_step"))
    assert float(after) < float(before)


@pytest.mark.parametrize("scale", [2.0, 100.0])
def test_losses_of_logits_are_those_of_mathematics_and_those_of_softmax_end_at_the_smallest_probability(
    scale: float,
) -> None:
    outputs = outputs_in("listing", "softmax_or_logits", scale=scale)
    random = np.random.default_rng(7)
    logits, labels = scale * random.normal(size=[32, 10]), random.integers(0, 10, 32)
    highest = logits.max(axis=1)
    sums = highest + np.log(np.exp(logits - highest[:, None]).sum(axis=1))
    expected = sums - logits[np.arange(32), labels]
    exact, clipped = (outputs.array("softmax_or_logits", key) for key in ("from_logits=True", "tf.nn.softmax"))
    np.testing.assert_allclose(exact, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(clipped, np.minimum(expected, -np.log(1e-7)), rtol=1e-3, atol=1e-5)
    *_, own, _other, by_hand = outputs.text("softmax_or_logits").splitlines()
    assert float(own.split()[-1]) == 0
    assert ("nan" in by_hand) == (scale == 100)


def test_training_true_drops_by_chance_and_false_does_not() -> None:
    outputs = outputs_in("listing", "what_training_changes")
    calls = {
        (training, time): outputs.array("what_training_changes", f"training={training} ({time})")
        for training in (False, True)
        for time in (1, 2)
    }
    np.testing.assert_array_equal(calls[False, 1], calls[False, 2])
    assert np.abs(calls[True, 1] - calls[True, 2]).max() > 0.01
    assert outputs.text("what_training_changes").splitlines()[-1].endswith("True")


def test_the_map_is_what_python_finds_and_estimator_is_gone() -> None:
    outputs = outputs_in("keras", "map_of_keras")
    there = set(zip(*(outputs.column("map_of_keras", name) for name in ("module", "name")), strict=True))
    assert len(there) == len(outputs.column("map_of_keras", "name"))
    assert {("layers", "Dense"), ("datasets", "mnist.load_data"), ("optimizers", "schedules.CosineDecay")} <= there
    for module, name in there:
        assert callable(functools.reduce(getattr, name.split("."), getattr(tf.keras, module)))
    dense = outputs.column("map_of_keras", "name").index("Dense")
    assert outputs.column("map_of_keras", "signature")[dense].startswith("(units, activation=None")
    assert outputs.column("map_of_keras", "says")[dense] == "Just your regular densely-connected NN layer."
    named = outputs_in("keras", "names_of_the_notes").text("names_of_the_notes")
    assert "estimator is gone" in named
    assert "dataset   is tf.keras.datasets" in named
    assert named.count("estimator is there: False") == 2


@pytest.mark.parametrize(("label", "first"), [(0, -5.0), (1, 5.0), (2, 2.0)])
def test_losses_by_hand_are_keras_own(label: int, first: float) -> None:
    outputs = outputs_in("keras", "losses_by_hand", label=label, first=first)
    both = {each.key: each.values for each in outputs.of("losses_by_hand") if isinstance(each, Numbers)}
    for by_hand, keras in both.values():
        assert by_hand == pytest.approx(keras, rel=1e-4, abs=1e-6)
    logits = np.array([first, 1.0, -1.0])
    assert both["CategoricalCrossentropy"][1] == pytest.approx(np.log(np.exp(logits).sum()) - logits[label], rel=1e-4)


def test_metrics_by_hand_are_keras_own_at_every_threshold() -> None:
    seen = set()
    for threshold in np.arange(0.05, 0.95, 0.05):
        text = outputs_in("keras", "metrics_by_hand", threshold=float(threshold)).text("metrics_by_hand")
        found = re.findall(r"^ +([\d.]+) +([\d.]+) [A-Z]", text, re.MULTILINE)
        assert len(found) == 6
        for by_hand, keras in found:
            assert by_hand == keras
        seen.add(text)
    assert len(seen) == 6, "five of the six scores lie between these thresholds"


@pytest.mark.parametrize(("epochs", "batches"), [(1, 1), (3, 4)])
def test_fit_calls_back_at_each_beginning_and_end(epochs: int, batches: int) -> None:
    outputs = outputs_in("keras", "callbacks_firing", epochs=epochs, batches=batches)
    hooks = {each.key: each.values for each in outputs.all if isinstance(each, Numbers)}
    expected = {"train": 1, "epoch": epochs, "train_batch": epochs * batches, "test": epochs, "test_batch": epochs}
    counts = {name: len(moments) for name, moments in hooks.items()}
    assert counts == {f"on_{name}_{end}": count for name, count in expected.items() for end in ("begin", "end")}
    moments = np.concatenate(list(hooks.values()))
    in_order = moments[moments[:, 0].argsort()]
    assert in_order[:, 0].tolist() == list(range(1, len(moments) + 1))
    assert (np.diff(in_order[:, 1]) >= 0).all()
    assert hooks["on_train_begin"][0, 0] == 1
    assert hooks["on_train_end"][0, 0] == len(moments)


def test_input_is_a_symbol_and_a_model_with_it_has_its_weights_at_once() -> None:
    shown = outputs_in("keras", "input_is_a_symbol").text("input_is_a_symbol")
    assert "<KerasTensor shape=(None, 28, 28, 1)" in shown
    refused = outputs_in("keras", "a_symbol_has_no_value").error("a_symbol_has_no_value")
    assert "KerasTensor cannot be used as input to a TensorFlow function" in refused
    built = outputs_in("keras", "built_or_not", units=5).text("built_or_not")
    with_input, without, called = built.splitlines()
    assert "2 arrays, 25 weights" in with_input
    assert "0 arrays" in without
    assert "2 arrays, 25 weights" in called


@pytest.mark.parametrize(("last", "traced"), [(32, 1), (5, 2)])
def test_a_last_batch_of_another_size_is_traced_anew(last: int, traced: int) -> None:
    lines = outputs_of("functions", last=last).text("retracing_the_training_step").splitlines()
    assert [int(line.split()[-2]) for line in lines] == [1, 1, traced]


def test_the_model_is_drawn_with_the_shapes_between_its_layers() -> None:
    text = outputs_of("models", filters=3, units=7).text("drawn_with_its_shapes")
    assert re.findall(r'\["(\w+)"\]', text) == ["InputLayer", "Conv2D", "Flatten", "Dense", "Dense"]
    shapes = ["(None, 28, 28, 1)", "(None, 26, 26, 3)", "(None, 2028)", "(None, 7)"]
    assert re.findall(r'\|"(.+?)"\|', text) == shapes


def test_logical_devices_bring_the_same_losses() -> None:
    outputs = outputs_of("devices", replicas=3)
    alone, mirrored = (outputs.array("mirrored_in_its_own_process", f"losses_{way}") for way in ("alone", "mirrored"))
    np.testing.assert_allclose(mirrored, alone, atol=1e-5)
    assert mirrored[-1] < mirrored[0] - 0.5, "it learns"
    assert "RuntimeError" in outputs.error("losses_on_logical_devices"), "TensorFlow has begun long ago"


def test_a_device_that_is_not_there_is_replaced_softly_and_refused_strictly() -> None:
    outputs = outputs_of("devices", replicas=3)
    softly = outputs.printed("where_it_ran").text.splitlines()[-1]
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
