"""A run as a Python script of its own, in the style of the notes' example, and as a notebook from the same text.

Nothing of this app is in it, only TensorFlow and NumPy. It has the lines that these settings need and no others, and
its losses are the run's: the same first weights, the same order of the images, the same arithmetic. A test
(`tests/ml/test_script.py`) runs it beside the app.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from lib.core.exports.code.network import imports, network
from lib.core.exports.code.training import loading, optimizer, order, rates, steps, training
from lib.core.i18n import Translate
from lib.core.seeds import SCHEME
from lib.core.training.config import TrainConfig
from lib.core.training.events import RateChanged
from lib.core.training.setting_words import settings_words

COLAB = "https://colab.research.google.com/#upload=true"
"""Colab's own dialog for a file from one's machine; a link that opens the notebook itself would need a host for it."""


def script_of(
    config: TrainConfig,
    _: Translate,
    *,
    name: str = "",
    rate_changes: Sequence[RateChanged] = (),
    is_tuned: bool = False,
    scheme: int = SCHEME,
    stopped_after: int | None = None,
    unread: Sequence[str] = (),
) -> str:
    """The script of a run with these settings, as `# %%` text: `jupytext` and many editors see cells in it.

    `name` is what the run is called. `rate_changes` are those made during the run, and are made again. `is_tuned`: it
    began with another run's weights; `scheme` is how its random numbers were drawn (`lib.core.seeds`); somebody stopped
    it `stopped_after` this step; `unread` names settings of it that this version does not know. What the script cannot
    do like the run is said in its first lines.
    """
    about = [_("A run of TF2 Lab: {name}").format(name=one_line(name) or "–"), settings_words(config, _)]
    about += misfits(is_tuned, scheme, stopped_after, unread, _)
    cells: list[tuple[str, list[str]]] = [
        (_("The notes’ example, with the settings of this run"), [*map(comment, about), "", imports(config)]),
        (_("Data"), [loading(config, _)]),
        (_("Network"), [network(config, _)]),
        (_("Loss and optimizer"), [optimizer(config, _)]),
        (_("The training step"), [steps(config, _)]),
        (_("Order of the images"), [order(config, _)]),
        (_("Training"), [*rates(config, rate_changes, _), training(config, bool(rate_changes), _)]),
    ]
    return "\n\n".join(f"# %% [markdown]\n# ## {title}\n\n# %%\n" + "\n".join(lines) for title, lines in cells) + "\n"


def misfits(
    is_tuned: bool, scheme: int, stopped_after: int | None, unread: Sequence[str], _: Translate
) -> Iterator[str]:
    """Why the losses of the script are not those of the run, as far as that is so."""
    if is_tuned:
        yield _(
            "That run began with the weights of another one and learned from own digits too. This script begins anew, "
            "with MNIST alone: its losses are others."
        )
    if scheme != SCHEME:
        yield _("An older version drew the first weights of that run in another way: the losses here are others.")
    if stopped_after is not None:
        yield _("That run was stopped after step {step}; this script goes on to the end.").format(
            step=f"{stopped_after:,}"
        )
    if unread:
        names = one_line(", ".join(unread))
        yield _("This version does not know all settings of that run and has defaults for: {names}.").format(
            names=names
        )
    if not is_tuned and scheme == SCHEME and not unread:
        yield _(
            "On the same machine with the same versions the losses are those of the run, step by step; elsewhere the "
            "last digits may differ."
        )


def comment(text: str) -> str:
    """A text as lines of a comment."""
    return "\n".join(textwrap.wrap(text, 100, initial_indent="# ", subsequent_indent="# "))


def one_line(text: str) -> str:
    """A name from outside, without what could end a comment."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def notebook_of(script: str) -> bytes:
    """The script as a notebook (.ipynb), for Jupyter, Colab and others."""
    import jupytext  # here, since it takes a moment and only who asks for a notebook needs it

    notebook = jupytext.reads(script, fmt="py:percent")
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return str(jupytext.writes(notebook, fmt="ipynb")).encode()
