"""The paths of the pages' files."""

from __future__ import annotations

from pathlib import Path

PAGES = Path(__file__).parents[3] / "pages"

HOME = PAGES / "home.py"
TOUR = PAGES / "tour.py"
TRAIN = PAGES / "train.py"
COMPARE = PAGES / "compare.py"
DRAW = PAGES / "draw.py"
RUNS = PAGES / "runs.py"
CLASS = PAGES / "class.py"

BY_NAME = {path.stem: path for path in (HOME, TOUR, TRAIN, COMPARE, DRAW, RUNS, CLASS)}
"""Each by its name in addresses."""
