"""A graph of operations as rows: the kind and number of operations, and reduced versions for an overview."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from lib.core.i18n import Translate, mark, untranslated
from lib.core.tracing.layout import closing, longest_paths

Node = tuple[str, str, str]
"""Name, operation, and the layer (or another part) that it belongs to, or ''."""
Edge = tuple[int, int]
"""Source and target: numbers of nodes."""

GRADIENT = "gradient_tape/"
"""Prefix in the names of gradients of layers."""
VARIABLES = "variables"
"""The part with the inputs that are variables' handles, not values."""
BRANCHES = ("then", "else", "cond", "body", "call")
"""Suffixes in the names of parts that are functions: branches of a condition, condition and body of a loop."""

KINDS: Mapping[str, str] = {
    "input": mark("inputs"),
    "output": mark("results"),
    "constant": mark("constants"),
    "variable": mark("variables, read or changed"),
    "matrix": mark("matrix products and convolutions"),
    "arithmetic": mark("arithmetic"),
    "shape": mark("shapes and types"),
    "control": mark("control flow and order"),
}
"""Kinds of operations, in the order of the legend."""

_OF_KIND: Mapping[str, str] = {
    "input": r"_Arg|Placeholder",
    "output": r"_Retval",
    "constant": r"Const|HostConst",
    "variable": r"ReadVariableOp|VarHandleOp|Assign.*VariableOp|Resource(Apply|Gather|Scatter).*",
    "matrix": r".*(MatMul|Conv2D|Conv3D|DepthwiseConv|Einsum).*",
    "shape": r"Reshape|Squeeze|ExpandDims|Transpose|ShapeN?|Size|Rank|Cast|Tile|BroadcastTo|Pack|Unpack|ConcatV2|"
    r"StridedSlice|Slice|Fill|ZerosLike|OnesLike|Identity|IdentityN|BroadcastGradientArgs|GatherV2",
    "control": r"(Stateless)?(If|While|Case)|(Ref)?(Switch|Merge|Enter|Exit|NextIteration)|LoopCond|NoOp|"
    r"(Stateful)?PartitionedCall",
}


def kind_of_operation(node: Node) -> str:
    """The node's kind, one of KINDS."""
    if node[2] == VARIABLES:
        return "variable"
    return next((kind for kind, pattern in _OF_KIND.items() if re.fullmatch(pattern, node[1])), "arithmetic")


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and edges. `sizes`: the number of operations that each node stands for."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    sizes: tuple[int, ...]


def whole(nodes: Sequence[Node], edges: Iterable[Edge]) -> Graph:
    """The graph with every operation."""
    return Graph(tuple(nodes), tuple(edges), (1,) * len(nodes))


SIDE_ISSUES = re.compile(
    r"Const|HostConst|Identity|IdentityN|NoOp|Cast|ReadVariableOp|ShapeN?|Reshape|Squeeze|ExpandDims"
)
"""Operations that a reader interested in the actual work can do without."""


def main_operations(graph: Graph) -> Graph:
    """The graph without constants, copies, reads and other SIDE_ISSUES; edges through them become direct edges."""
    hidden = [n for n, node in enumerate(graph.nodes) if node[2] == VARIABLES or SIDE_ISSUES.fullmatch(node[1])]
    return without(graph, set(hidden))


def without(graph: Graph, hidden: set[int]) -> Graph:
    """The graph without the `hidden` nodes; nodes connected through them are connected directly."""
    after: dict[int, set[int]] = {n: set() for n in range(len(graph.nodes))}
    for source, target in graph.edges:
        after[source].add(target)

    def seen_from(start: int) -> set[int]:
        found: set[int] = set()
        waiting, passed = list(after[start]), set()
        while waiting:
            node = waiting.pop()
            if node not in hidden:
                found.add(node)
            elif node not in passed:
                passed.add(node)
                waiting.extend(after[node])
        return found - {start}

    kept = [n for n in range(len(graph.nodes)) if n not in hidden]
    place = {n: i for i, n in enumerate(kept)}
    edges = sorted((place[n], place[target]) for n in kept for target in seen_from(n))
    return Graph(tuple(graph.nodes[n] for n in kept), tuple(edges), tuple(graph.sizes[n] for n in kept))


def overview(graph: Graph) -> Graph:
    """One node for each layer, each gradient and each other part, ordered by depth; inputs and results stay.

    A part's size counts all of its operations, including those left out of the picture. Connected operations without a
    part form one node, named after their operations. Left out are variables' handles, to which nearly everything is
    connected; constants, since Grappler lets parts share equal ones, which would connect the parts; and pure control
    dependencies.
    """
    plain = essential(graph)
    of, nodes = parts_of(plain)
    deep = depth_of_parts(plain, of)
    place = {part: i for i, part in enumerate(sorted(nodes, key=lambda part: deep[part]))}
    edges = {(place[of[a]], place[of[b]]) for a, b in plain.edges}
    sizes = Counter(of) | Counter(node[2] for node in graph.nodes if node[2])
    ends = tuple(sorted((a, b) for a, b in edges if a != b))
    return Graph(tuple(nodes[part] for part in place), ends, tuple(sizes[part] for part in place))


def essential(graph: Graph) -> Graph:
    """The graph without what an overview leaves out."""
    apart = {n for n, node in enumerate(graph.nodes) if node[1] in ("NoOp", *CONSTANTS) or node[2] == VARIABLES}
    values = Graph(graph.nodes, tuple(edge for edge in graph.edges if apart.isdisjoint(edge)), graph.sizes)
    loose = {n for n, node in enumerate(graph.nodes) if not node[2] and SIDE_ISSUES.fullmatch(node[1])}
    return without(values, apart | loose)


def parts_of(graph: Graph) -> tuple[list[str], dict[str, Node]]:
    """The part of each node, and the node that stands for each part."""
    loose = [n for n, node in enumerate(graph.nodes) if not node[2] and node[1] not in ENDS]
    groups = together(loose, graph.edges)
    of = [node[2] or f"\n{groups.get(n, n)}" for n, node in enumerate(graph.nodes)]
    inside: dict[str, list[Node]] = {}
    for part, node in zip(of, graph.nodes, strict=True):
        inside.setdefault(part, []).append(node)
    return of, {part: standing_for(members) for part, members in inside.items()}


def standing_for(members: Sequence[Node]) -> Node:
    """One node for several nodes of a part; an input or a result stands for itself."""
    first = members[0]
    if first[2]:
        return ("", "", first[2])
    return first if first[1] in ENDS else (deeds(members), "", "")


def depth_of_parts(graph: Graph, of: Sequence[str]) -> dict[str, float]:
    """The mean depth of each part."""
    back = closing(len(graph.nodes), graph.edges)
    depths = longest_paths(len(graph.nodes), [edge for n, edge in enumerate(graph.edges) if n not in back])
    inside: dict[str, list[int]] = {}
    for part, depth in zip(of, depths, strict=True):
        inside.setdefault(part, []).append(depth)
    return {part: sum(found) / len(found) for part, found in inside.items()}


CONSTANTS = ("Const", "HostConst")
ENDS = ("_Arg", "Placeholder", "_Retval")
"""Operations where values enter and leave a graph."""


def together(some: Sequence[int], edges: Iterable[Edge]) -> dict[int, int]:
    """For each of `some` nodes, the smallest node of its connected component, using only edges among them."""
    group = {n: n for n in some}

    def root(n: int) -> int:
        while group[n] != n:
            n = group[n]
        return n

    for a, b in edges:
        if a in group and b in group:
            low, high = sorted((root(a), root(b)))
            group[high] = low
    return {n: root(n) for n in some}


def deeds(nodes: Iterable[Node]) -> str:
    """The names of these operations, at most three."""
    matter = list(dict.fromkeys(node[1] for node in nodes))
    return ", ".join(matter[:3]) + (", …" if len(matter) > 3 else "")


DETAILS: Mapping[str, Callable[[Graph], Graph]] = {
    "overview": overview,
    "main": main_operations,
    "all": lambda graph: graph,
}
"""The levels of detail, by code."""


def has_parts(nodes: Iterable[Node]) -> bool:
    """Whether there are enough parts for an overview."""
    return len({node[2] for node in nodes} - {"", VARIABLES}) > 2


def part_text(node: Node, _: Translate = untranslated) -> str:
    """The label of a node in an overview: 'conv1', 'gradient of conv1', 'while: body', or the node's own name."""
    name, _operation, layer = node
    if not layer:
        return name
    if layer.startswith(GRADIENT):
        return _("gradient of {layer}").format(layer=layer.removeprefix(GRADIENT))
    first, slash, last = layer.rpartition("/")
    return f"{first}: {last}" if slash else layer


@dataclass(frozen=True, slots=True)
class Count:
    """How often an operation occurs in the graph before and after."""

    operation: str
    before: int
    after: int

    @property
    def change(self) -> int:
        return self.after - self.before


def counts(before: Iterable[Node], after: Iterable[Node]) -> tuple[Count, ...]:
    """Every operation: first those that became fewer, the largest change first, then the new, then the unchanged."""
    then, now = Counter(node[1] for node in before), Counter(node[1] for node in after)
    found = [Count(operation, then[operation], now[operation]) for operation in sorted(then | now)]
    return tuple(sorted(found, key=lambda count: (count.change == 0, count.change)))


def counts_words(found: Sequence[Count], _: Translate = untranslated) -> str:
    """The number of operations before and after, and the largest changes."""
    before, after = sum(count.before for count in found), sum(count.after for count in found)
    said = [_("{before} operations as traced, {after} when it runs.").format(before=before, after=after)]
    fewer = [f"`{count.operation}` {count.before} → {count.after}" for count in found if count.change < 0][:NAMED]
    more = [f"`{count.operation}` {count.before} → {count.after}" for count in found if count.change > 0][:NAMED]
    if fewer:
        said.append(_("Gone or fewer: {operations}.").format(operations=", ".join(fewer)))
    if more:
        said.append(_("New or more: {operations}.").format(operations=", ".join(more)))
    return " ".join(said)


NAMED = 5
"""Most operations that a sentence names."""


@dataclass(frozen=True, slots=True)
class ModuleSize:
    """The size of an XLA module: instructions, computations (its functions), characters, and fusions.

    `entry` counts each operation in the entry computation, the most frequent first, without operations that only name
    or pass on a value.
    """

    instructions: int
    computations: int
    fusions: int
    characters: int
    entry: Mapping[str, int]


FREE = frozenset({"parameter", "constant", "tuple", "get-tuple-element", "bitcast"})
"""HLO operations that do nothing at run time."""
_INSTRUCTION = re.compile(r"^\s+(?:ROOT )?%?[\w.\-]+ = .*$", re.MULTILINE)


def module_size(text: str) -> ModuleSize:
    """The size of a module in HLO's text form, which has one instruction per line."""
    instructions = _INSTRUCTION.findall(text)
    entry = re.search(r"^ENTRY .*?^\}", text, re.MULTILINE | re.DOTALL)
    called = Counter(_operation(line) for line in _INSTRUCTION.findall(entry[0] if entry else ""))
    return ModuleSize(
        instructions=len(instructions),
        computations=len(re.findall(r"^(?:ENTRY )?%?[\w.\-]+ .*\{$", text, re.MULTILINE)),
        fusions=sum(" fusion(" in instruction for instruction in instructions),
        characters=len(text),
        entry={name: count for name, count in called.most_common() if name and name not in FREE},
    )


def _operation(instruction: str) -> str:
    """An instruction's operation: the first word before a bracket after its type; '' if there is none."""
    found = re.search(r" ([a-z][a-z0-9\-]*)\(", instruction.partition(" = ")[2])
    return found[1] if found else ""
