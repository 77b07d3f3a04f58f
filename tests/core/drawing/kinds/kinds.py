"""All kinds of pictures, each by its name, and what the app reads in one."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

import numpy as np

from lib.core.drawing.paper.plain import on_plain_paper
from lib.core.drawing.pen import PenStroke
from lib.core.drawing.segmentation import Read, read_row
from lib.core.inference.litert import shipped
from lib.core.inference.rejection import is_doubtful
from tests.core.drawing.kinds import drawings, papers
from tests.core.drawing.kinds.case import Case
from tests.core.drawing.kinds.hand import Random

KINDS: Mapping[str, Callable[[Random], Case]] = {
    "a digit on the canvas": drawings.single,
    "no digit on the canvas": drawings.no_digit,
    "tiny drawing, wide pen": drawings.tiny,
    "row touching, on the canvas": drawings.touching,
    "row overlapping, on the canvas": drawings.overlapping,
    "minus before a digit": drawings.minus_before,
    "decimal point": drawings.decimal_point,
    "underlined": drawings.underlined,
    "several rows": drawings.several_rows,
    "plain paper": papers.plain,
    "sheet on a table": papers.sheet_on_table,
    "held to the webcam": papers.held_to_the_webcam,
    "dark edge of a scan": papers.dark_edge,
    "hard shadow": papers.shadow,
    "ruled, one line high": papers.ruled_one_line_high,
    "ruled, several lines high": papers.ruled,
    "squared, pale": papers.squared_pale,
    "squared, dark": papers.squared_dark,
    "printed box": papers.printed_box,
    "glare on a whiteboard": papers.glare,
    "fine line": papers.fine_line,
}


@functools.cache
def reader() -> Read:
    """The shipped model."""
    network, weights = shipped()
    return functools.partial(network.probabilities, weights)


def answer(case: Case) -> str:
    """What the app reads: digits, '?' for what is doubtful, rows separated by a space."""
    strokes = [PenStroke(way=stroke, width=case.pen) for stroke in case.strokes or ()]
    found = read_row(case.picture if strokes else on_plain_paper(case.picture), reader(), strokes)
    if not found:
        return "?"
    probabilities = np.stack([one.probabilities for one in found])
    doubtful = is_doubtful(probabilities)
    said = ["?" if no else str(k) for k, no in zip(probabilities.argmax(axis=1), doubtful, strict=True)]
    lines = range(found[-1].line + 1)
    return " ".join("".join(k for k, one in zip(said, found, strict=True) if one.line == line) for line in lines)


def outcome(case: Case) -> str:
    """ "right", "refused" for an answer with a '?' where there should be none, or "wrong"."""
    given = answer(case)
    if given == case.right or (set(case.right) == {"?"} and set(given) == {"?"}):
        return "right"
    return "refused" if "?" in given else "wrong"
