"""Graphs of operations: removed nodes keep their connections, nothing is lost, and every graph can be drawn."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.tracing.graphs import (
    DETAILS,
    KINDS,
    Graph,
    counts,
    counts_words,
    has_parts,
    kind_of_operation,
    main_operations,
    module_size,
    overview,
    part_text,
    whole,
    without,
)
from lib.core.tracing.layout import crossings, layered, neighbours, spread

OPERATIONS = ["_Arg", "_Retval", "Const", "Identity", "MatMul", "AddV2", "Relu", "NoOp", "Switch"]
LAYERS = ["", "", "conv1", "gradient_tape/conv1", "variables", "while/body"]


@st.composite
def graphs(draw, cycles=True):
    """Any graph: a few nodes, edges in any direction or only from lower to higher numbers."""
    rows = draw(st.lists(st.tuples(st.sampled_from(OPERATIONS), st.sampled_from(LAYERS)), max_size=12))
    nodes = [(f"n{i}", operation, layer) for i, (operation, layer) in enumerate(rows)]
    if not nodes:
        return whole(nodes, [])
    ends = st.integers(0, len(nodes) - 1)
    edges = draw(st.sets(st.tuples(ends, ends), max_size=20))
    return whole(nodes, sorted(edge for edge in edges if cycles or edge[0] < edge[1]))


def reachable(graph, start):
    found, waiting = set(), [start]
    while waiting:
        node = waiting.pop()
        for a, b in graph.edges:
            if a == node and b not in found:
                found.add(b)
                waiting.append(b)
    return found


@given(graphs(), st.sets(st.integers(0, 11)))
def test_what_is_hidden_still_connects(graph, hidden):
    """A kept node leads to the same kept nodes as before."""
    hidden &= set(range(len(graph.nodes)))
    kept = [n for n in range(len(graph.nodes)) if n not in hidden]
    less = without(graph, hidden)
    assert [graph.nodes[n] for n in kept] == list(less.nodes)
    for i, n in enumerate(kept):
        assert {kept[m] for m in reachable(less, i)} - {n} == reachable(graph, n) - hidden - {n}


@given(graphs(), st.sampled_from(list(DETAILS)))
def test_every_detail_is_a_graph_of_no_more_nodes(graph, detail):
    drawn = DETAILS[detail](graph)
    assert len(drawn.nodes) == len(drawn.sizes) <= len(graph.nodes)
    assert sum(drawn.sizes) <= len(graph.nodes)
    assert all(0 <= n < len(drawn.nodes) for edge in drawn.edges for n in edge)
    assert all(part_text(node) or node[1] for node in drawn.nodes)


STEP = whole(
    [
        ("images", "_Arg", ""),
        ("w", "_Arg", "variables"),
        ("conv1/Read", "ReadVariableOp", "conv1"),
        ("conv1/Conv2D", "Conv2D", "conv1"),
        ("ArgMax/dimension", "Const", ""),
        ("ArgMax", "ArgMax", ""),
        ("Equal", "Equal", ""),
        ("Add", "AddV2", ""),
        ("NoOp", "NoOp", ""),
        ("Identity", "Identity", ""),
        ("out", "_Retval", ""),
    ],
    [(0, 3), (1, 2), (2, 3), (3, 5), (4, 5), (5, 6), (6, 9), (7, 8), (8, 9), (9, 10)],
)


def test_an_overview_has_a_node_for_each_part():
    drawn = overview(STEP)
    names = [part_text(node) if not node[1] else node[0] for node in drawn.nodes]
    assert sorted(names) == sorted(["images", "conv1", "ArgMax, Equal", "AddV2", "out"])
    edges = {(names[a], names[b]) for a, b in drawn.edges}
    assert edges == {("images", "conv1"), ("conv1", "ArgMax, Equal"), ("ArgMax, Equal", "out")}
    assert drawn.sizes[names.index("conv1")] == 2


def test_the_main_operations_are_those_that_calculate():
    assert [node[1] for node in main_operations(STEP).nodes] == [
        "_Arg",
        "Conv2D",
        "ArgMax",
        "Equal",
        "AddV2",
        "_Retval",
    ]


def test_parts_are_worth_an_overview_where_there_are_some():
    assert not has_parts(STEP.nodes)
    assert has_parts([("a", "Mul", layer) for layer in ("", "variables", "conv1", "d1", "d2")])


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("_Arg", "input"),
        ("_Retval", "output"),
        ("Const", "constant"),
        ("ReadVariableOp", "variable"),
        ("AssignVariableOp", "variable"),
        ("ResourceApplyAdam", "variable"),
        ("_FusedMatMul", "matrix"),
        ("Conv2DBackpropFilter", "matrix"),
        ("AddV2", "arithmetic"),
        ("SparseSoftmaxCrossEntropyWithLogits", "arithmetic"),
        ("Reshape", "shape"),
        ("StatelessWhile", "control"),
        ("NextIteration", "control"),
    ],
)
def test_operations_are_told_apart_by_kind(operation, kind):
    assert kind_of_operation(("a", operation, "")) == kind
    assert kind in KINDS
    assert kind_of_operation(("a", "_Arg", "variables")) == "variable"


# ---- counts


def test_what_disappeared_comes_first_and_everything_is_counted():
    before = [("a", operation, "") for operation in ("Const", "Const", "Const", "Mul", "Add", "Exp")]
    after = [("a", operation, "") for operation in ("Const", "Mul", "AddN")]
    found = counts(before, after)
    assert [(count.operation, count.before, count.after) for count in found] == [
        ("Const", 3, 1),
        ("Add", 1, 0),
        ("Exp", 1, 0),
        ("AddN", 0, 1),
        ("Mul", 1, 1),
    ]
    assert counts_words(found) == (
        "6 operations as traced, 3 when it runs. Gone or fewer: `Const` 3 → 1, `Add` 1 → 0, `Exp` 1 → 0. "
        "New or more: `AddN` 0 → 1."
    )


@given(graphs(), graphs())
def test_counts_add_up(before, after):
    found = counts(before.nodes, after.nodes)
    assert sum(count.before for count in found) == len(before.nodes)
    assert sum(count.change for count in found) == len(after.nodes) - len(before.nodes)


MODULE = """HloModule a_inference_cond.4, entry_computation_layout={(f32[2]{0})->f32[2]{0}}

%fused_computation (param_0.1: f32[2]) -> f32[2] {
  %param_0.1 = f32[2]{0} parameter(0)
  ROOT %negate.1 = f32[2]{0} negate(%param_0.1), metadata={op_type="Neg" op_name="x = y"}
}

ENTRY %a_inference_cond.4 (arg0.1: f32[2]) -> f32[2] {
  %arg0.1 = f32[2]{0} parameter(0), metadata={op_name="XLA_Args"}
  ROOT %negate_fusion = f32[2]{0} fusion(%arg0.1), kind=kLoop, calls=%fused_computation
}
"""


def test_a_module_of_xla_is_counted_line_by_line():
    size = module_size(MODULE)
    assert (size.instructions, size.computations, size.fusions, size.characters) == (4, 2, 1, len(MODULE))
    assert (module_size("").instructions, module_size("").entry) == (0, {})


def test_what_a_module_calls_is_named():
    """As XLA writes it for a training step: types of results may be tuples, and the pieces of fusions are no calls."""
    text = """HloModule a

%fused_computation (p: f32[4]) -> f32[4] {
  %p = f32[4]{0} parameter(0)
  %q = f32[4]{0} multiply(%p, %p)
  ROOT %r = f32[4]{0} add(%q, %p)
}

ENTRY %main.1 (a: f32[4], b: f32[4,4]) -> (f32[4], s32[]) {
  %a = f32[4]{0} parameter(0), metadata={op_name="XLA_Args"}
  %b = f32[4,4]{1,0} parameter(1)
  %c = f32[] constant(0)
  %multiply_add_fusion = f32[4]{0} fusion(%a), kind=kLoop, calls=%fused_computation
  %iota_reduce_fusion = (f32[32]{0}, /*index=1*/s32[32]{0}) fusion(%a, %c), kind=kLoop, calls=%fused_computation
  %MatMul.8 = f32[4]{0} dot(%a, %b), lhs_contracting_dims={0}
  %conv = f32[4]{0} convolution(%a, %b), window={size=3x3}
  %one = s32[32]{0} get-tuple-element(%iota_reduce_fusion), index=1
  ROOT %tuple = (f32[4]{0}, /*index=1*/s32[]) tuple(%MatMul.8, %one)
}
"""
    size = module_size(text)
    assert size.entry == {"fusion": 2, "dot": 1, "convolution": 1}
    assert (size.instructions, size.computations, size.fusions) == (12, 2, 2)


# ---- places


@given(graphs(cycles=False))
def test_without_a_cycle_every_edge_leads_downwards(graph):
    layout = layered(len(graph.nodes), graph.edges)
    assert layout.back == frozenset()
    for (a, b), route in zip(graph.edges, layout.routes, strict=True):
        assert layout.points[a][1] < layout.points[b][1]
        assert (route[0], route[-1]) == (layout.points[a], layout.points[b])
        assert all(upper[1] + 1 == lower[1] for upper, lower in pairwise(route))


@given(graphs())
def test_any_graph_has_places_and_no_two_nodes_share_one(graph):
    """Loops are cut where they close: what is left leads downwards."""
    layout = layered(len(graph.nodes), graph.edges)
    assert len(set(layout.points)) == len(layout.points) == len(graph.nodes)
    for number, (a, b) in enumerate(graph.edges):
        rises = layout.points[a][1] >= layout.points[b][1]
        assert rises == (number in layout.back)


@given(graphs())
def test_neighbours_of_a_layer_keep_their_distance(graph):
    rows = {}
    for x, y in layered(len(graph.nodes), graph.edges).points:
        rows.setdefault(y, []).append(x)
    assert all(right - left > 0.69 for row in rows.values() for left, right in pairwise(sorted(row)))


def test_two_edges_that_need_not_cross_do_not():
    layout = layered(4, [(0, 3), (1, 2)])
    (a, b, c, d) = (point[0] for point in layout.points)
    assert (a < b) == (d < c)
    below = neighbours(4, [(0, 3), (1, 2)])[1]
    assert crossings([[0, 1], [2, 3]], below) == 1
    assert crossings([[0, 1], [3, 2]], below) == 0


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=12))
def test_places_in_order_stay_and_others_meet_in_the_middle(wished):
    places = spread(wished, [1.0] * (len(wished) - 1))
    assert all(right - left >= 1 - 1e-6 for left, right in pairwise(places))
    assert sum(places) == pytest.approx(sum(wished), abs=1e-6)
    apart = [3.0 * i for i in range(len(wished))]
    assert spread(apart, [1.0] * (len(wished) - 1)) == pytest.approx(apart)


def test_nothing_is_a_graph_too():
    assert layered(0, ()).depth == 1
    assert overview(Graph((), (), ())).nodes == ()
