"""Nothing in the app draws from a generator that others could draw from too, and seeds have nothing in common."""

import ast
import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.seeds import seed_of

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "lib").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"])

SEEDS = st.integers(0, 2**31 - 1)
NAMES = st.text(st.characters(codec="ascii", exclude_characters="\0"), min_size=1, max_size=12)

OWN = {
    "random": {"Random"},
    "numpy.random": {"default_rng", "Generator", "SeedSequence"},
    "tensorflow.random": {"Generator"},
    "keras.random": {"SeedGenerator"},
}
"""What makes or names a generator of one's own; everything else of these modules draws from, or seeds, a global one."""
DRAWS_FIRST = ("Conv2D", "Dense")
"""Layers that ask Keras for a seed unless they are told how to draw their weights."""
INITIALIZERS = ("Glorot", "HeNormal", "HeUniform", "Lecun", "RandomNormal", "RandomUniform")


@given(SEEDS, SEEDS, NAMES, NAMES)
def test_every_layer_of_every_run_has_a_seed_of_its_own(seed: int, other: int, name: str, another: str) -> None:
    assert 0 <= seed_of(seed, name) < 2**31
    assert seed_of(seed, name) == seed_of(seed, name)
    if (seed, name) != (other, another):
        assert seed_of(seed, name) != seed_of(other, another)


def test_neighbouring_seeds_share_no_bits() -> None:
    """Of two numbers that have nothing in common about half of the bits differ: here 31 bits, 1,000 times."""
    seeds = np.array([seed_of(seed, "conv1") for seed in range(1001)])
    differing = [int(a ^ b).bit_count() for a, b in itertools.pairwise(seeds)]
    assert np.mean(differing) == pytest.approx(15.5, abs=0.5)  # five standard errors: sqrt(31 / 4 / 1000) is 0.09


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_draws_from_a_global_generator(path: Path) -> None:
    assert list(global_draws(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "code",
    [
        "import random\nrandom.shuffle([1])",
        "from random import choice",
        "import numpy as np\nnp.random.normal()",
        "from numpy.random import rand",
        "import tensorflow as tf\ntf.random.uniform(())",
        "import tensorflow as tf\ntf.random.set_seed(1)",
        "import tensorflow as tf\ntf.keras.utils.set_random_seed(1)",
        "import keras\nkeras.random.normal((1,))",
        "from tensorflow.keras.layers import Dense\nDense(3)",
        "from tensorflow.keras.layers import Dropout\nDropout(0.5)",
        "import tensorflow as tf\ntf.keras.layers.Conv2D(3, 3)",
        "from tensorflow.keras.initializers import GlorotUniform\nGlorotUniform()",
        "def f(data):\n    data.shuffle(100)",
    ],
)
def test_what_would_draw_from_one_is_found(code: str) -> None:
    assert len(list(global_draws(code))) == 1


def global_draws(code: str) -> Iterator[str]:
    """Every place of the code where something would be drawn from, or seeded in, a generator that is not its own."""
    tree = ast.parse(code)
    modules = imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names = {alias.name for alias in node.names}
            yield from (f"{node.module}.{name}" for name in names - OWN.get(node.module or "", names))
        elif isinstance(node, ast.Attribute):
            yield from of_a_module(full_name(node, modules))
        elif isinstance(node, ast.Call):
            yield from without_seed(node)


def imported(tree: ast.AST) -> dict[str, str]:
    """The modules that the code's names stand for."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    return {alias.asname or alias.name: alias.name for node in imports for alias in node.names}


def full_name(node: ast.expr, modules: dict[str, str]) -> str:
    """'numpy.random.normal' for np.random.normal; '' for what is no chain of names, or begins with no module."""
    if isinstance(node, ast.Name):
        return modules.get(node.id, "")
    if not isinstance(node, ast.Attribute):
        return ""
    owner = full_name(node.value, modules)
    return f"{owner}.{node.attr}" if owner else ""


def of_a_module(name: str) -> Iterator[str]:
    module, _, drawn = name.rpartition(".")
    stateless = module == "tensorflow.random" and drawn.startswith("stateless_")
    if drawn == "set_random_seed" or (module in OWN and drawn not in OWN[module] and not stateless):
        yield name


def without_seed(call: ast.Call) -> Iterator[str]:
    """Calls of Keras and tf.data that draw a seed by themselves where they are given none."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    given = {keyword.arg for keyword in call.keywords}
    # `**drawn(name, seed)` of lib.ml.training.networks says how a layer draws.
    spread = {k.value.func.id for k in call.keywords if k.arg is None and is_named_call(k.value)}
    wrong = (
        (name in DRAWS_FIRST and not ("kernel_initializer" in given or "drawn" in spread))
        or (name == "Dropout" and call.args and "seed" not in given)
        or (name.startswith(INITIALIZERS) and not (call.args or given))
        or (name == "shuffle" and isinstance(call.func, ast.Attribute) and is_data(call) and "seed" not in given)
    )
    if wrong:
        yield name


def is_named_call(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name)


def is_data(call: ast.Call) -> bool:
    """Whether it may be tf.data's `shuffle`: of the others, `random.shuffle` is found by its module."""
    return isinstance(call.func, ast.Attribute) and not full_name(call.func, {"random": "random"})
