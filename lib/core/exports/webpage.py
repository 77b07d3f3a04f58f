"""A trained network as one HTML file with a canvas, which reads what is drawn on it: offline, on a phone too.

`web_page` writes it and `read_web_page` reads the network back out of it, so that the file can be checked before anyone
takes it away. Its JavaScript is that of Draw.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import zlib
from collections.abc import Callable
from html import escape

import numpy as np
from numpy.typing import NDArray

from lib.core.data.dataset import CLASS_NAMES, SIDE, Bytes
from lib.core.errors import Refusal
from lib.core.exports.one_file import ASSETS, as_data, bundled, one_file
from lib.core.i18n import Translate, mark, translator
from lib.core.inference.litert import Weights, check_weights
from lib.core.inference.numpy_network import running
from lib.core.inference.portable import Portable, run_portable, shipped_portable
from lib.core.inference.small_weights import restored, shrunk
from lib.core.numbers import percent
from lib.core.training.architectures import weight_shapes
from lib.core.training.config import TrainConfig
from lib.core.training.setting_words import settings_words

Floats = NDArray[np.float32]
SCRIPTS = ("canvas_picture", "prepare_drawing", "run_network", "small_weights", "web_page")
MOST_BYTES = 2**29
"""More than the weights of the largest network that there is; a file that unpacks to more is none of ours."""
PART = re.compile(rb'<script type="[^"]+" id="(about|weights)">([^<]*)</script>')


class WeightTooLarge(Refusal):
    """Weights that float16 cannot hold."""

    template = mark(
        "The largest weight of this network is {largest}. The page holds float16, which ends at 65,504: the training "
        "has gone out of bounds, so there is no page of it."
    )


class NotAPage(Refusal):
    """A file that is not such a page, or a damaged one; `detail` says what is wrong."""

    template = mark("This file is not the page of a network, or it is damaged.")


def web_page(
    config: TrainConfig | None,
    weights: Weights,
    *,
    small: bool = False,
    language: str = "en",
    name: str = "",
    accuracy: float | None = None,
) -> bytes:
    """The page of a run with these settings, float32 `weights` by name, or of the shipped model if `config` is None.

    Its weights are float16, or with `small` int8 per channel. `name` is what the run is called, `accuracy` the share of
    test images that it reads right. Raises LiteError if the weights do not fit or are not finite, WeightTooLarge if
    float16 cannot hold them.
    """
    _ = translator(language)
    portable = portable_of(config, weights)
    dataset = config.dataset if config else "mnist"
    about = {
        "layers": portable.layers,
        "small": small,
        "classes": [_(one) for one in CLASS_NAMES[dataset]],
        "words": {
            "idle": _("Nothing is drawn yet."),
            "seen": _("This is {best}, with {percent}."),
            "broken": _("This browser cannot unpack the network: a newer one can."),
        },
    }
    packed = gzip.compress(shrunk(portable) if small else portable.weights, compresslevel=6, mtime=0)
    return one_file(
        title=_("A network that reads what you draw"),
        language=language,
        style=(ASSETS / "web_page.css").read_text(),
        body=body_of(config, name, accuracy, small, _),
        data=[
            as_data("about", about),
            f'<script type="application/gzip" id="weights">{base64.b64encode(packed).decode()}</script>',
        ],
        scripts=[bundled(*SCRIPTS)],
    )


def portable_of(config: TrainConfig | None, weights: Weights) -> Portable:
    """The network as data for the browser; see `web_page` for the errors."""
    if config is None:
        return shipped_portable(weights)
    check_weights(weights, weight_shapes(config))
    found = run_portable(config, weights)
    if found is None:
        raise WeightTooLarge(largest=f"{max(float(np.abs(array).max()) for array in weights.values()):,.6g}")
    return found


def body_of(config: TrainConfig | None, name: str, accuracy: float | None, small: bool, _: Translate) -> str:
    """What stands on the page, as HTML."""
    lines = [origin(config, name, _)]
    if accuracy is not None:
        lines.append(_("Share of the test images read right: {accuracy}").format(accuracy=percent(accuracy)))
    lines.append(_("Weights: int8, a factor for each channel") if small else _("Weights: float16"))
    clothes = config is not None and config.dataset != "mnist"
    said = {
        "title": _("A network that reads what you draw"),
        "draw": _("Draw a piece of clothing, large, with mouse, pen or finger.")
        if clothes
        else _("Draw a digit, large, with mouse, pen or finger."),
        "alone": _("The network is in this page and works without a connection: nothing that you draw leaves it."),
        "paper": _("Paper to draw on"),
        "clear": _("Clear"),
        "seen": _("What the network sees: 28 × 28 pixels"),
        "wait": _("The network is being unpacked."),
        "bars": _("Probability of each class"),
    }
    from_where = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return BODY.format(**{name: escape(words) for name, words in said.items()}, from_where=from_where)


BODY = """<h1>{title}</h1>
<p>{draw} {alone}</p>
<main>
<div><canvas id="paper" width="280" height="280" role="img" aria-label="{paper}"></canvas>
<div class="under"><button id="clear" type="button">{clear}</button>
<canvas id="seen" width="28" height="28" role="img" aria-label="{seen}"></canvas><span>{seen}</span></div></div>
<div class="read"><p id="answer" role="status">{wait}</p><ol id="bars" aria-label="{bars}"></ol></div>
</main>
<footer>{from_where}</footer>"""


def origin(config: TrainConfig | None, name: str, _: Translate) -> str:
    """Whose network it is, with its settings."""
    if config is None:
        return _("The network that comes with TF2 Lab.")
    said = _("From the run {name} of TF2 Lab.").format(name=name or "–")
    return f"{said} {settings_words(config, _)}"


def read_web_page(html: bytes) -> Callable[[Bytes], Floats]:
    """The network in a page that `web_page` has written, in NumPy.

    It takes images, uint8 (n, 28, 28), and returns their probabilities, float32 (n, 10). Raises NotAPage.
    """
    parts = dict(PART.findall(html))
    try:
        about = json.loads(parts[b"about"])
        packed = base64.b64decode(parts[b"weights"], validate=True)
        with gzip.open(io.BytesIO(packed)) as file:
            raw = file.read(MOST_BYTES)
        layers = about["layers"]
        weights = restored(layers, raw) if about["small"] else np.frombuffer(raw, "<f2").astype(np.float32)
        network = running(layers, weights)
        network(np.zeros((1, SIDE, SIDE), np.uint8))
    except (KeyError, TypeError, AttributeError) as error:
        raise NotAPage(f"the page lacks {error}") from error
    except (ValueError, EOFError, OSError, zlib.error) as error:
        raise NotAPage(str(error)) from error
    return network
