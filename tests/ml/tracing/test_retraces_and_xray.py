"""Real `tf.function`s are traced and inspected, and the report is checked against the functions."""

import inspect
import re

import numpy as np
import pytest
import tensorflow as tf

from lib.core.studies.configs import CompareConfig, RetraceConfig, XrayConfig
from lib.core.studies.events import Began, Called, Xrayed
from lib.core.studies.modes import adam_of
from lib.core.studies.works import CASES, EXAMPLES
from lib.core.tracing.graphs import counts, module_size, overview, part_text, whole
from lib.core.training.control import ControlRequests
from lib.core.training.events import Finished, Stopped
from lib.ml.benchmark.pool import CandidatePool
from lib.ml.tracing.retrace_counts import detect, watched
from lib.ml.tracing.xray import BATCH, Subject, example, look_into, xray
from lib.ml.training.step import train_step
from lib.runs.db.json_events import event_from_json, event_to_json


def called(events):
    return [event for event in events if isinstance(event, Called)]


# ---- the detective


@pytest.mark.parametrize("fixed", [False, True])
@pytest.mark.parametrize("case", list(CASES))
def test_a_case_goes_from_its_beginning_to_its_end(case, fixed):
    events = list(detect(RetraceConfig(case=case, fixed=fixed, calls=5)))
    assert isinstance(events[0], Began)
    assert [call.number for call in called(events)] == [1, 2, 3, 4, 5]
    assert events[-1] == Finished(step=5, reason="calls")
    assert all(call.time > 0 for call in called(events))
    assert [event_from_json(type(event).__name__, event_to_json(event)) for event in events] == events


TRACED = {
    "python_int": (["first"] + 5 * ["value"], ["first"] + 5 * [""]),
    "shape": (["first"] + 5 * ["shape"], ["first", "relaxed"] + 4 * [""]),
    "dtype": (["first"] + 3 * ["dtype"] + 2 * [""], ["first"] + 5 * [""]),
    "new_function": (["first"] + 5 * ["new_function"], ["first"] + 5 * [""]),
}


@pytest.mark.parametrize("case", list(CASES))
def test_each_case_shows_what_it_is_named_after_and_its_fix_helps(case):
    for fixed in (False, True):
        calls = called(detect(RetraceConfig(case=case, fixed=fixed)))
        causes = [call.cause for call in calls]
        assert causes == TRACED[case][fixed]
        assert [call.traced for call in calls] == [bool(cause) for cause in causes]
        assert calls[-1].functions == sum(map(bool, causes))


def test_a_stop_is_heard_between_two_calls():
    events = detect(RetraceConfig(calls=20))
    seen = [next(events)]
    while not isinstance(seen[-1], Stopped):
        seen.append(events.send(ControlRequests(stop=len(seen) > 3)))
    assert [type(event) for event in seen] == [Began, Called, Called, Called, Stopped]
    assert seen[-1] == Stopped(step=3)


def test_a_traced_call_is_one_in_which_python_ran():
    """Oracle: a side effect of Python, which happens when tracing only."""
    ran = []

    @tf.function
    def noisy(x, n, flag=True):
        ran.append(1)
        return x[:n] if flag else x

    x = tf.ones([4])
    arguments = [(x, 1), (x, 1), (x, 2), (x, tf.constant(2)), (x, tf.constant(3)), (x, 1), (x, 1, False)]
    traced = []

    def calls():
        for some in arguments:
            before = len(ran)
            yield noisy, some
            traced.append(len(ran) > before)

    seen = called(watched(calls()))
    # What AutoGraph needs is made before the first call, by a trace that nobody watches.
    assert [call.traced for call in seen] == traced == [True, False, True, True, False, False, True]
    assert [call.cause for call in seen] == ["first", "", "value", "kind", "", "", "value"]
    assert seen[3].differences == (("n", "int 2", "int32 ()"),)
    assert seen[6].differences == (("flag", "bool True", "bool False"),)
    assert [call.functions for call in seen] == [1, 1, 2, 3, 3, 3, 4]


def test_the_signature_is_the_one_that_serves_the_call():
    @tf.function(reduce_retracing=True)
    def total(x):
        return tf.reduce_sum(x)

    calls = called(watched((total, (tf.ones([n]),)) for n in (2, 3, 4, 2)))
    # The first graph fits two numbers only, and is kept.
    assert [call.signature for call in calls[:3]] == ["x: float32 (2,)", "x: float32 (None,)", "x: float32 (None,)"]
    assert [call.traced for call in calls] == [True, True, False, False]
    assert [call.call for call in calls] == [f"total(tf.ones([{n}]))" for n in (2, 3, 4, 2)]


def test_arguments_inside_others_have_a_path():
    @tf.function
    def nested(parts, *more):
        return parts["a"] + sum(more)

    first = ({"a": tf.ones([2]), "b": [1, "two"]}, tf.constant(3.0))
    second = ({"a": tf.ones([2]), "b": [1, "three"]}, tf.constant(3.0))
    calls = called(watched([(nested, first), (nested, second), (nested, (*second, tf.constant(1.0)))]))
    assert calls[0].signature.startswith("parts['a']: float32 (2,), parts['b'][0]: int 1, parts['b'][1]: str 'two', ")
    assert calls[1].differences == (("parts['b'][1]", "str 'two'", "str 'three'"),)
    assert [call.cause for call in calls] == ["first", "value", "structure"]


def test_two_different_functions_are_no_function_made_anew():
    @tf.function
    def one(x):
        return x + 1.0

    @tf.function
    def other(x):
        return x - 1.0

    calls = called(watched([(one, (tf.ones([2]),)), (other, (tf.ones([2]),)), (one, (tf.ones([2]),))]))
    assert [call.cause for call in calls] == ["first", "first", ""]
    assert calls[-1].functions == 2


def test_more_than_one_difference_is_said_to_be_so():
    @tf.function
    def scaled(x, by):
        return x * tf.cast(by, x.dtype)

    first, second = (tf.ones([2]), 2), (tf.ones([3], tf.float64), 3)
    cause = called(watched([(scaled, first), (scaled, second)]))[1]
    assert cause.cause == "several"
    assert cause.differences == (("x", "float32 (2,)", "float64 (3,)"), ("by", "int 2", "int 3"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "f(3)"),
        ("a", "f('a')"),
        (tf.constant(3), "f(tf.constant(3))"),
        (tf.constant([1.5, 2.0]), "f(tf.constant([1.5, 2.0]))"),
        (tf.constant([0, 2], tf.int64), "f(tf.constant([0, 2], tf.int64))"),
        (np.array([2, 0], np.int8), "f(np.array([2, 0], np.int8))"),
        (np.ones((2, 3)), "f(np.ones([2, 3]))"),
        (tf.ones([2], tf.int32), "f(tf.ones([2], tf.int32))"),
        (tf.zeros([9, 9]), "f(<tf.float32 (9, 9)>)"),
    ],
)
def test_a_call_is_written_as_python(value, text):
    f = tf.function(lambda x: x, autograph=False)
    f.python_function.__name__ = "f"
    (call,) = called(watched([(f, (value,))]))
    assert call.call == text
    if "<" not in text:
        written = eval(text, {"f": lambda x: x, "tf": tf, "np": np})
        assert type(written) is type(value)
        assert getattr(written, "dtype", None) == getattr(value, "dtype", None)
        assert np.array_equal(written, value)


# ---- the X-ray


@pytest.fixture(scope="module")
def seen():
    """The X-ray of every example, made once."""
    return {name: list(xray(XrayConfig(example=name))) for name in EXAMPLES}


def looked(events):
    return next(event for event in events if isinstance(event, Xrayed))


@pytest.mark.parametrize("name", list(EXAMPLES))
def test_an_example_is_looked_into_from_python_to_xla(name, seen):
    events = seen[name]
    assert [type(event) for event in events] == [Began, Xrayed, Finished]
    assert events[-1].step == 1
    found = looked(events)
    assert found.source.startswith("def ")
    assert found.converted.startswith(f"def tf__{found.source.partition('(')[0][4:]}(")
    assert found.hlo_error == ""
    assert found.hlo.startswith("HloModule")
    assert 0 < module_size(found.optimised_hlo).instructions < module_size(found.hlo).instructions
    assert not re.search("source_file|/site-packages/", found.hlo + found.optimised_hlo)
    assert event_from_json("Xrayed", event_to_json(found)) == found


@pytest.mark.parametrize("name", list(EXAMPLES))
def test_every_operation_is_connected_and_every_name_is_there_once(name, seen):
    found = looked(seen[name])
    for nodes, edges in ((found.nodes, found.edges), (found.optimised_nodes, found.optimised_edges)):
        assert len({node[0] for node in nodes}) == len(nodes)
        alone = set(range(len(nodes))) - {n for edge in edges for n in edge}
        # Tracing writes down constants that nobody uses in the end.
        assert {nodes[n][1] for n in alone} <= ({"Const"} if nodes is found.nodes else set())


def test_the_notes_step_is_shown_as_it_stands_and_its_parts_are_its_layers(seen):
    found = looked(seen["train_step"])
    assert found.source == inspect.getsource(train_step)
    drawn = overview(whole(found.nodes, found.edges))
    parts = {part_text(node) for node in drawn.nodes}
    assert {"images", "labels", "conv1", "flatten", "d1", "d2", "loss", "Adam"} < parts
    assert {f"gradient of {layer}" for layer in ("conv1", "d1", "d2", "loss")} < parts


@pytest.mark.parametrize(("adam", "fused"), [("fused", 6), ("keras", 0)])
def test_the_step_looked_into_is_the_one_that_is_timed_in_both_writings(adam, fused, mnist):
    """Oracle: the graph of the candidate itself. Of six variables each has one operation, or Keras' many."""
    found = looked(xray(XrayConfig(adam=adam)))
    assert sum(node[1] == "ResourceApplyAdam" for node in found.nodes) == fused
    assert found.hlo_error == ""
    config = CompareConfig(modes=("graph", "graph_keras"), sizes=(BATCH,))
    candidates = {adam_of(one.mode): one for one in CandidatePool(config).enter(BATCH)}
    operations = candidates[adam]._call.get_concrete_function(*candidates[adam]._inputs[0]).graph.get_operations()
    expected = sorted({"Placeholder": "_Arg"}.get(operation.type, operation.type) for operation in operations)
    seen = sorted(node[1] for node in found.nodes if node[1] != "_Retval")
    assert seen == expected


def test_the_traced_graph_has_the_operations_of_the_concrete_function(seen):
    """Oracle: what TensorFlow lists of the function, which names inputs and leaves results out."""
    f = tf.function(example_of("arithmetic"))
    operations = f.get_concrete_function(tf.ones([4, 4])).graph.get_operations()
    expected = sorted({"Placeholder": "_Arg"}.get(operation.type, operation.type) for operation in operations)
    found = looked(seen["arithmetic"])
    assert sorted([*expected, "_Retval"]) == sorted(node[1] for node in found.nodes)


def example_of(name):
    from lib.ml.tracing import xray_examples

    return getattr(xray_examples, name)


def test_grappler_leaves_out_what_nobody_needs(seen):
    found = {count.operation: count for count in counts(*graphs_of(seen["arithmetic"]))}
    assert found["Exp"].after == found["Transpose"].after == 0
    assert sum(count.after for count in found.values()) < sum(count.before for count in found.values()) / 2


def graphs_of(events):
    found = looked(events)
    return found.nodes, found.optimised_nodes


def test_both_ways_of_a_condition_and_the_body_of_a_loop_are_in_the_graph(seen):
    for name, parts in (("condition", {"cond/then", "cond/else"}), ("loop", {"while/cond", "while/body"})):
        for nodes in graphs_of(seen[name]):
            assert parts <= {node[2] for node in nodes}
    before, after = graphs_of(seen["loop"])
    assert "StatelessWhile" in {node[1] for node in before}
    assert {"Enter", "Merge", "Switch", "NextIteration", "Exit"} <= {node[1] for node in after}


def test_what_xla_refuses_is_said_and_the_rest_is_shown():
    def wordy(x):
        return tf.strings.join([x, "!"])

    found = look_into(example(wordy, tf.constant("a")))
    assert (found.hlo, found.optimised_hlo) == ("", "")
    assert "unsupported operations" in found.hlo_error
    assert "/" not in found.hlo_error, "no visitor needs the server's paths"
    assert "StringJoin" in {node[1] for node in found.optimised_nodes}


def test_a_condition_inside_a_loop_is_looked_into_as_well():
    def collatz(n):
        steps = tf.constant(0)
        while n > 1:
            if n % 2 == 0:
                n = n // 2
            else:
                n = 3 * n
                n += 1
            steps += 1
        return steps

    found = look_into(example(collatz, tf.constant(7)))
    assert any(node[0].startswith("while/body/_0/while/cond/then/_0/") for node in found.nodes)
    assert {n for edge in found.edges for n in edge} == set(range(len(found.nodes)))


def test_looking_leaves_the_runtime_as_it_was(seen):
    """Nothing is collected any more, so that a later function costs what it did."""
    subject = Subject(lambda x: x + 1.0, lambda x: x + 1.0, (tf.ones([2]),))
    before = look_graphs(subject)
    assert before == look_graphs(subject)


def look_graphs(subject):
    from lib.ml.tracing.xray import graphs_of as graphs

    return tuple(sorted(node.op for node in graph.node) for graph in graphs(subject))
