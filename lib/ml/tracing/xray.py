"""Inspects a `tf.function`: its Python, AutoGraph's conversion, its graph before and after Grappler, XLA's module.

The optimised graph is the one that really ran. While TensorFlow's runtime collects graphs, it returns two for every
function called: the original, and the one after placement, inlining and Grappler. `tf.summary.trace_on(graph=True)`
takes them from the same place. Running Grappler separately on the function's meta graph would show what Grappler can do
with some settings, not what was done.
"""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import tensorflow as tf
from tensorflow.core.framework import graph_pb2
from tensorflow.python.eager import context

from lib.core.data.dataset import SIDE
from lib.core.studies.configs import CompareConfig, XrayConfig
from lib.core.studies.events import StudyEvent, Xrayed
from lib.core.tracing.graphs import BRANCHES, GRADIENT, VARIABLES, Edge, Node
from lib.core.training.control import ControlRequests
from lib.core.training.events import Finished, Stopped
from lib.ml.benchmark.candidates import Trained, adam_as
from lib.ml.benchmark.pool import first_weights
from lib.ml.tracing import xray_examples
from lib.ml.training.step import train_step
from lib.ml.untimed import began_untimed

Events = Generator[StudyEvent | Finished | Stopped, ControlRequests | None, None]

BATCH = 32
"""Images in the batch for the notes' training step."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A function to inspect: `python` is the function as written, `bound` the same with everything it needs besides
    `arguments`. `scopes`: names of the parts whose operations belong together, such as layers, and their labels.
    """

    python: Callable[..., Any]
    bound: Callable[..., Any]
    arguments: tuple[Any, ...]
    scopes: Mapping[str, str] = field(default_factory=dict)


def xray(config: XrayConfig) -> Events:
    """A single inspection; the last event is Finished, or Stopped if that was requested before it."""
    requests = yield began_untimed()
    if requests and requests.stop:
        yield Stopped(step=0)
        return
    yield look_into(SUBJECTS[config.example](config))
    yield Finished(step=1, reason="looked")


def look_into(subject: Subject) -> Xrayed:
    """Every form of the function, from Python to the compiled module."""
    before, after = graphs_of(subject)
    nodes, edges = rows(before, subject.scopes)
    optimised_nodes, optimised_edges = rows(after, subject.scopes)
    hlo, optimised_hlo, refusal = modules_of(subject)
    return Xrayed(
        source=inspect.getsource(subject.python),
        converted=tf.autograph.to_code(subject.python),
        nodes=nodes,
        edges=edges,
        optimised_nodes=optimised_nodes,
        optimised_edges=optimised_edges,
        hlo=hlo,
        optimised_hlo=optimised_hlo,
        hlo_error=refusal,
    )


def notes_step(adam: str) -> Subject:
    """The same step that a comparison times, with Adam as `adam` names it, on weights that are then discarded."""
    timed = Trained(first_weights(CompareConfig().seed), adam_as(adam))
    scopes = {layer.name: layer.name for layer in timed.model.layers}
    return Subject(
        python=train_step,
        bound=timed.step,
        arguments=(tf.zeros([BATCH, SIDE, SIDE, 1]), tf.zeros([BATCH], tf.uint8)),
        scopes=scopes | {timed.loss_object.name: "loss", timed.optimizer.name: "Adam"},
    )


def example(function: Callable[..., Any], *arguments: Any) -> Subject:
    """A function that needs only its arguments."""
    return Subject(function, function, arguments)


SUBJECTS: Mapping[str, Callable[[XrayConfig], Subject]] = {
    "train_step": lambda config: notes_step(config.adam),
    "condition": lambda _: example(xray_examples.condition, tf.constant([1.0, -2.0, 3.0])),
    "loop": lambda _: example(xray_examples.loop, tf.constant(27)),
    "arithmetic": lambda _: example(xray_examples.arithmetic, tf.ones([4, 4])),
}


# ---- graphs


def graphs_of(subject: Subject) -> tuple[graph_pb2.GraphDef, graph_pb2.GraphDef]:
    """The graph before and after the runtime's optimisations. Traces the function anew and calls it once."""
    function = tf.function(subject.bound)
    # Trace before collecting: tracing instantiates nothing itself, but may call other functions.
    function.get_concrete_function(*subject.arguments)
    with collected() as graphs:
        function(*subject.arguments)
    (ours,) = graphs
    return ours.pre_optimization_graph, ours.post_optimization_graph


@contextmanager
def collected() -> Iterator[list[Any]]:
    """Fills the list with the graphs of all functions that are called for the first time in this context."""
    graphs: list[Any] = []
    runtime = context.context()
    runtime.enable_graph_collection()
    try:
        yield graphs
        metadata = runtime.export_run_metadata()
        graphs.extend(metadata.function_graphs if metadata else ())
    finally:
        runtime.disable_graph_collection()


def rows(graph: graph_pb2.GraphDef, scopes: Mapping[str, str]) -> tuple[tuple[Node, ...], tuple[Edge, ...]]:
    """The graph as plain rows, including the branches and bodies of its conditions and loops."""
    flat = Flat({function.signature.name: function for function in graph.library.function})
    flat.add("", graph.node, {})
    flat.connect()
    nodes = tuple((name, operation, layer_of(name, operation, scopes, flat)) for name, operation in flat.nodes)
    return nodes, tuple(sorted(flat.edges))


class Flat:
    """A graph with the functions that it calls inlined.

    The call's own node stays, as the place where the function's results come together.
    """

    def __init__(self, library: Mapping[str, Any]) -> None:
        self._library = library
        self.nodes: list[tuple[str, str]] = []
        self.edges: set[Edge] = set()
        self.resources: set[str] = set()
        self._numbers: dict[str, int] = {}
        self._data: list[tuple[str, str]] = []
        self._control: list[tuple[str, str]] = []

    def add(self, prefix: str, nodes: Sequence[Any], given: Mapping[str, str]) -> None:
        """Adds the nodes of one body. `given`: the sources of its arguments, by name."""
        for node in nodes:
            name = prefix + node.name
            self._numbers[name] = len(self.nodes)
            self.nodes.append((name, node.op))
            if node.op == "_Arg" and node.attr["T"].type == tf.resource.as_datatype_enum:
                self.resources.add(name)
            for source in node.input:
                wires = self._control if source.startswith("^") else self._data
                wires.append((origin(source, prefix, given), name))
            self._enter(name, node, [origin(source, prefix, given) for source in node.input if source[0] != "^"])

    def _enter(self, name: str, node: Any, inputs: Sequence[str]) -> None:
        """Adds the functions that this node calls, if any: a condition's branches, a loop's condition and body."""
        for attribute, role in ROLES.items():
            body = self._library.get(node.attr[attribute].func.name) if attribute in node.attr else None
            if body is None:
                continue
            prefix = f"{name}/{role}/_0/"
            arguments = [argument.name for argument in body.signature.input_arg]
            # A condition's first input selects the branch; the others are the branches' arguments.
            given = dict(zip(arguments, inputs[len(inputs) - len(arguments) :], strict=True))
            self.add(prefix, body.node_def, given)
            self._data.extend((origin(source, prefix, given), name) for source in body.ret.values())

    def connect(self) -> None:
        """Makes the edges, once all nodes are there.

        Control edges, which give an order without data, are left out because there are so many, except at nodes that
        would otherwise have no edge.
        """
        self.edges = {self._edge(*wire) for wire in self._data}
        connected = {number for edge in self.edges for number in edge}
        orders = [self._edge(*wire) for wire in self._control]
        self.edges |= {edge for edge in orders if not connected.issuperset(edge)}

    def _edge(self, source: str, target: str) -> Edge:
        return self._numbers[source], self._numbers[target]


ROLES: Mapping[str, str] = {"then_branch": "then", "else_branch": "else", "cond": "cond", "body": "body", "f": "call"}
"""Attributes that name a function, and the runtime's names for the inlined function."""


def origin(source: str, prefix: str, given: Mapping[str, str]) -> str:
    """The name of an input's node. The input is 'x:0', '^x' or, in a function's body, 'x:output:0'."""
    name = source.removeprefix("^").partition(":")[0]
    return given.get(name, prefix + name)


def layer_of(name: str, operation: str, scopes: Mapping[str, str], flat: Flat) -> str:
    """The part that an operation belongs to: a layer, its gradient, a branch; '' if none."""
    if name in flat.resources:
        return VARIABLES
    path = re.sub(REWRITTEN, "", name)
    if branch := re.match(rf"(.*?/)?(?:{'|'.join(BRANCHES)})(?=/_\d+/)", path):
        return branch.group()
    steps = [re.sub(r"_\d+$", "", step) for step in path.split("/")[:-1]]
    known = {re.sub(r"_\d+$", "", scope): part for scope, part in scopes.items()}
    found = next((known[step] for step in steps if step in known), "")
    return f"{GRADIENT}{found}" if found and steps[0] == GRADIENT.rstrip("/") else found


REWRITTEN = re.compile(r"^(?:(?:[A-Z][a-z]+(?:[A-Z][a-z]+)+|Func)/)+")
"""Prefixes in the names of operations that the runtime derived from others: 'ConstantFolding/…', 'Func/…'."""


# ---- XLA


def modules_of(subject: Subject) -> tuple[str, str, str]:
    """XLA's module before and after optimisation, as text, and the reason if XLA refuses."""
    try:
        compiler = tf.function(subject.bound, jit_compile=True).experimental_get_compiler_ir(*subject.arguments)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return readable(compiler(stage="hlo")), readable(compiler(stage="optimized_hlo")), ""
    except (tf.errors.OpError, ValueError, TypeError) as refusal:
        return "", "", reason(refusal)


def reason(refusal: Exception) -> str:
    """XLA's reason for refusing, without the lines that point into source files."""
    return re.sub(r"\{\{node [^}]*\}\}", "", str(refusal)).splitlines()[0].strip()


def readable(module: str) -> str:
    """The module without references to TensorFlow's own code, which are longer than the instructions."""
    return re.sub(r' (?:source_file="[^"]*"|source_line=\d+|source_end_line=\d+|stack_frame_id=\d+)', "", module)
