"""Places the nodes of a graph so that it can be read from top to bottom.

After Sugiyama, Tagawa and Toda (1981), "Methods for visual understanding of hierarchical system structures": cycles are
cut, every node gets a layer by its depth, long edges pass through nodes in the layers between, each layer is ordered so
that few edges cross, and finally the nodes are moved so that edges are straight.

Implemented here: Graphviz is a program that would have to be installed beside Python on every system.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Edge = tuple[int, int]
Point = tuple[float, float]

SWEEPS = 12
"""Passes over all layers to order them, downwards and upwards in turn."""
GAP, NARROW = 1.0, 0.35
"""Least distance between neighbours of a layer; passing edges need less."""


@dataclass(frozen=True, slots=True)
class Layout:
    """`points`: x and y of each node, y the layer from 0 downwards. `routes`: the points of each edge.

    `back`: numbers of the edges that close a cycle, and so run upwards.
    """

    points: tuple[Point, ...]
    routes: tuple[tuple[Point, ...], ...]
    back: frozenset[int]

    @property
    def depth(self) -> int:
        """The number of layers."""
        return 1 + int(max((y for _, y in self.points), default=0))


def layered(count: int, edges: Sequence[Edge]) -> Layout:
    """Places for nodes 0 to `count` - 1. An edge from a node to itself stays at its place."""
    back = closing(count, edges)
    forward = [(b, a) if number in back else (a, b) for number, (a, b) in enumerate(edges)]
    layers = depths(count, [edge for edge in forward if edge[0] != edge[1]])
    chains, total = chained(count, forward, layers)
    links = [link for chain in chains for link in pairwise(chain)]
    rows = ordered(layers, links)
    x = straightened(rows, links, total, count)
    points = [(x[node], float(layers[node])) for node in range(total)]
    routes = tuple(
        tuple(points[node] for node in (reversed(chain) if number in back else chain))
        for number, chain in enumerate(chains)
    )
    return Layout(tuple(points[:count]), routes, frozenset(back))


def closing(count: int, edges: Sequence[Edge]) -> set[int]:
    """Numbers of edges whose removal leaves no cycle: in depth-first search, those to a node on the current path."""
    leaving: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for number, (source, target) in enumerate(edges):
        leaving[source].append((number, target))
    back, seen, under_way = set(), set(), set()
    for root in sources_first(count, edges):
        if root in seen:
            continue
        seen.add(root)
        under_way.add(root)
        path = [(root, iter(leaving[root]))]
        while path:
            node, rest = path[-1]
            number, target = next(rest, (-1, -1))
            if number < 0:
                path.pop()
                under_way.discard(node)
            elif target in under_way:
                back.add(number)
            elif target not in seen:
                seen.add(target)
                under_way.add(target)
                path.append((target, iter(leaving[target])))
    return back


def sources_first(count: int, edges: Iterable[Edge]) -> list[int]:
    """All nodes, those without incoming edges first."""
    reached = {target for _, target in edges}
    return sorted(range(count), key=lambda node: (node in reached, node))


def depths(count: int, edges: Sequence[Edge]) -> list[int]:
    """The layer of each node: as low as its targets allow, so that values needed late stand low.

    A node without outgoing edges stands just below its sources.
    """
    to_the_end = longest_paths(count, [(target, source) for source, target in edges])
    deepest = max(to_the_end, default=0)
    layers = [deepest - steps for steps in to_the_end]
    above, below = neighbours(count, edges)
    for node in range(count):
        if not below[node]:
            layers[node] = max((layers[source] + 1 for source in above[node]), default=0)
    return layers


def longest_paths(count: int, edges: Sequence[Edge]) -> list[int]:
    """The largest number of edges on any path to each node; the graph must have no cycles."""
    after: list[list[int]] = [[] for _ in range(count)]
    waiting_for = [0] * count
    for source, target in edges:
        after[source].append(target)
        waiting_for[target] += 1
    layers = [0] * count
    ready = [node for node in range(count) if not waiting_for[node]]
    while ready:
        node = ready.pop()
        for target in after[node]:
            layers[target] = max(layers[target], layers[node] + 1)
            waiting_for[target] -= 1
            if not waiting_for[target]:
                ready.append(target)
    return layers


def chained(count: int, edges: Sequence[Edge], layers: list[int]) -> tuple[list[list[int]], int]:
    """Each edge as a chain of nodes, one per layer, and the number of nodes including those in between.

    Appends the layers of the added nodes to `layers`.
    """
    chains = []
    for source, target in edges:
        between = range(layers[source] + 1, layers[target])
        first = len(layers)
        layers.extend(between)
        chains.append([source, *range(first, first + len(between)), target])
    return chains, len(layers)


def neighbours(total: int, links: Iterable[Edge]) -> tuple[list[list[int]], list[list[int]]]:
    """The nodes above and the nodes below each node."""
    above: list[list[int]] = [[] for _ in range(total)]
    below: list[list[int]] = [[] for _ in range(total)]
    for source, target in links:
        below[source].append(target)
        above[target].append(source)
    return above, below


def ordered(layers: Sequence[int], links: Sequence[Edge]) -> list[list[int]]:
    """The nodes of each layer from left to right, each near the mean of its neighbours, by passes down and up."""
    rows: list[list[int]] = [[] for _ in range(max(layers, default=-1) + 1)]
    for node, layer in enumerate(layers):
        rows[layer].append(node)
    above, below = neighbours(len(layers), links)
    place = {node: float(i) for row in rows for i, node in enumerate(row)}
    best, fewest = [list(row) for row in rows], crossings(rows, below)
    for sweep in range(SWEEPS):
        beside, order = (above, rows) if sweep % 2 == 0 else (below, rows[::-1])
        for row in order:
            row.sort(key=lambda node: middle([place[other] for other in beside[node]], place[node]))
            place.update((node, float(i)) for i, node in enumerate(row))
        if (now := crossings(rows, below)) < fewest:
            best, fewest = [list(row) for row in rows], now
    return best


def crossings(rows: Sequence[Sequence[int]], below: Sequence[Sequence[int]]) -> int:
    """The number of pairs of links that cross."""
    place = {node: i for row in rows for i, node in enumerate(row)}
    found = 0
    for row in rows:
        ends: list[int] = []
        for node in row:
            mine = sorted(place[target] for target in below[node])
            found += sum(end > target for target in mine for end in ends)
            ends.extend(mine)
    return found


def middle(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def straightened(rows: Sequence[Sequence[int]], links: Sequence[Edge], total: int, count: int) -> list[float]:
    """x of each node: as near to the mean of its neighbours as the order of its layer allows. 0 is the centre."""
    above, below = neighbours(total, links)
    x = [0.0] * total
    for row in rows:
        for node, at in zip(row, spread([0.0] * len(row), gaps(row, count)), strict=True):
            x[node] = at
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            wished = [middle([x[other] for other in above[node] + below[node]], x[node]) for node in row]
            for node, at in zip(row, spread(wished, gaps(row, count)), strict=True):
                x[node] = at
    return x


def gaps(row: Sequence[int], count: int) -> list[float]:
    """The least distance between adjacent nodes; nodes from `count` on are passing edges."""
    return [GAP if a < count and b < count else (GAP + NARROW) / 2 if a < count or b < count else NARROW
            for a, b in pairwise(row)]  # fmt: skip


def spread(wished: Sequence[float], distances: Sequence[float]) -> list[float]:
    """The places closest to `wished` (least squares) that keep the order and the distances.

    Minus the distances, the places must not fall: isotonic regression, by pooling adjacent violators.
    """
    offsets = [0.0]
    for distance in distances:
        offsets.append(offsets[-1] + distance)
    pools: list[tuple[float, int]] = []  # the mean and the number of some neighbours
    for wish, offset in zip(wished, offsets, strict=False):
        mean, size = wish - offset, 1
        while pools and pools[-1][0] > mean:
            before, many = pools.pop()
            mean, size = (before * many + mean * size) / (many + size), many + size
        pools.append((mean, size))
    flat = [mean for mean, size in pools for _ in range(size)]
    return [place + offset for place, offset in zip(flat, offsets, strict=False)]
