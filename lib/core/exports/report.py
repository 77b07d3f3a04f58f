"""A run as one HTML file to read and to print: its summary in words, settings, interactive charts, code, environment.

It opens from a file without a connection: Plotly's own script is inside, and the policy allows no request. What comes
from outside (names, versions, devices) stands there as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from typing import Any

from lib.core.data.dataset import CLASS_NAMES
from lib.core.diagnosis.assess import End
from lib.core.diagnosis.report import conclude
from lib.core.diagnosis.sentence import FIT, HAPPENED, NEXT
from lib.core.exports.one_file import ASSETS, as_data, one_file
from lib.core.i18n import Translate, translator
from lib.core.korean import tight
from lib.core.numbers import loss, percent
from lib.core.training.config import SETTINGS, TrainConfig
from lib.core.training.curve import Line
from lib.core.training.events import Compiled, Evaluated, RateChanged, Started
from lib.core.training.setting_words import value_words

TRAIN, TEST, VALIDATION = "#2E86DE", "#8F00FF", "#AA4499"
"""The colours that the app's own charts have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What is told of a run; `name` is what it is called, `lines` are those of `lib.core.training.curve`, `code` is its
    script. The other fields are those of its events.
    """

    config: TrainConfig
    name: str
    epochs: Sequence[Evaluated] = ()
    end: End | None = None
    started: Started | None = None
    compiled: Compiled | None = None
    lines: Mapping[str, Line] = field(default_factory=dict)
    rate_changes: Sequence[RateChanged] = ()
    guess: float | None = None
    is_tuned: bool = False
    code: str = ""


def report_page(run: Reported, language: str) -> bytes:
    """The report in this language, in UTF-8."""
    _ = translator(language)
    title = _("Run {name}").format(name=run.name)
    sections = [
        *summary(run, _),
        *section(_("Course"), *course(run, _)),
        *section(_("Confusions after the last epoch"), *confusion_place(run, _)),
        *section(_("Epochs"), *epoch_table(run, language, _)),
        *section(_("Settings"), *settings_table(run.config, _)),
        *section(_("Environment"), *environment(run, _)),
        *section(_("Code"), *code_of(run, _)),
    ]
    return one_file(
        title=title,
        language=language,
        style=(ASSETS / "report.css").read_text(),
        body="\n".join([f"<h1>{escape(title)}</h1>", *sections]),
        data=[as_data("charts", {"charts": charts(run, _)})],
        scripts=[plotly(), (ASSETS / "report.js").read_text()],
        # Plotly styles its drawings by attributes, whose hashes nobody knows before; a picture of a chart is a blob.
        also={"style-src": "'unsafe-inline'", "img-src": "data: blob:"},
    )


def plotly() -> str:
    """Plotly's script, from the installed package."""
    return (files("plotly") / "package_data" / "plotly.min.js").read_text("utf-8")


def section(title: str, *parts: str) -> list[str]:
    """A part of the report under its title; nothing without content."""
    return [f"<section><h2>{escape(title)}</h2>", *parts, "</section>"] if parts else []


def paragraph(text: str, kind: str = "") -> str:
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], marked: Iterable[int] = ()) -> str:
    """A table of texts; the rows with these numbers are marked."""
    marks = set(marked)
    lines = [
        ('<tr class="other">' if k in marks else "<tr>") + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
        for k, row in enumerate(rows)
    ]
    heads = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    whole = f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    return f'<div class="wide" tabindex="0">{whole}</div>'  # the keyboard scrolls it, where it is wider than the screen


def summary(run: Reported, _: Translate) -> list[str]:
    """The summary that the app shows below the run."""
    sentences = conclude(run.config, run.epochs, run.end, run.guess, is_tuned=run.is_tuned, changes=run.rate_changes)
    said = {kind: [one.text(_) for one in sentences if one.kind == kind] for kind in (HAPPENED, FIT, NEXT)}
    parts = [paragraph(" ".join(said[kind])) for kind in (HAPPENED, FIT) if said[kind]]
    if said[NEXT]:
        points = "".join(f"<li>{escape(text)}</li>" for text in said[NEXT])
        parts += [paragraph(_("What to try next")), f"<ul>{points}</ul>"]
    return parts


def course(run: Reported, _: Translate) -> list[str]:
    """The places of the two curves, with their ends in words."""
    if not run.lines:
        return [paragraph(_("The run has made no step yet."))]
    names = {"loss": _("Loss of each step, and after each epoch"), "accuracy": _("Accuracy, likewise")}
    return [
        f'<div class="chart" id="{name}" role="figure" aria-label="{escape(words)}"></div>'
        for name, words in names.items()
    ]


def confusion_place(run: Reported, _: Translate) -> list[str]:
    """The place of the confusions."""
    if not run.epochs:
        return []
    words = _("For each true class (row), how many test images were taken for which class (column)")
    return [paragraph(words, "quiet"), f'<div id="confusion" role="figure" aria-label="{escape(words)}"></div>']


def charts(run: Reported, _: Translate) -> list[dict[str, Any]]:
    """The charts as Plotly's traces and layouts."""
    made = []
    if run.lines:
        made = [
            curve("loss", run, _("Loss"), _, {"type": "log"}),
            curve("accuracy", run, _("Accuracy"), _, {"tickformat": ".0%"}),
        ]
    return [*made, confusion(run, _)] if run.epochs else made


def curve(name: str, run: Reported, title: str, _: Translate, axis: Mapping[str, Any]) -> dict[str, Any]:
    """One value over the steps: every step faintly, smoothed, and at the epochs' ends."""
    colour = {"color": TRAIN, "width": 1}
    raw, smooth = run.lines[name], run.lines[f"{name}_smooth"]
    common = {"type": "scatter", "mode": "lines"}
    traces: list[dict[str, Any]] = [
        {**common, "name": _("Steps"), "x": raw.x, "y": raw.y, "line": colour, "opacity": 0.35, "hoverinfo": "skip"},
        {**common, "name": _("Training, smoothed"), "x": smooth.x, "y": smooth.y, "line": {"color": TRAIN, "width": 2}},
    ]
    for part, words, shade in (("test", _("Test"), TEST), ("validation", _("Validation part"), VALIDATION)):
        ends = [(epoch.step, getattr(epoch, f"{part}_{name}")) for epoch in run.epochs]
        if held := [(step, value) for step, value in ends if value is not None]:
            x, y = zip(*held, strict=True)
            line = {"color": shade, "dash": "dash", "width": 2}
            traces.append({**common, "mode": "lines+markers", "name": words, "x": x, "y": y, "line": line})
    layout = {
        "margin": {"l": 60, "r": 12, "t": 36, "b": 44},
        "hovermode": "x unified",
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "xaxis": {"title": {"text": _("Step")}},
        "yaxis": {"title": {"text": title}, **axis},
    }
    return {"id": name, "traces": traces, "layout": layout}


def confusion(run: Reported, _: Translate) -> dict[str, Any]:
    """The test images by true and by read class."""
    counts = [list(row) for row in run.epochs[-1].confusion]
    names = [_(name) for name in CLASS_NAMES[run.config.dataset]]
    wrong = [[None if i == j else count for j, count in enumerate(row)] for i, row in enumerate(counts)]
    trace = {
        "type": "heatmap",
        "x": names,
        "y": names,
        "z": wrong,
        "zmin": 0,
        "text": counts,
        "texttemplate": "%{text}",
        "hovertemplate": "%{y} → %{x}: %{text}<extra></extra>",
        "colorscale": [[0, "rgba(213,94,0,0.05)"], [1, "rgba(213,94,0,0.9)"]],
        "showscale": False,
    }
    # The diagonal has its numbers as well: a trace without colour below.
    right = trace | {
        "z": [[1 if i == j else None for j in range(len(row))] for i, row in enumerate(counts)],
        "colorscale": [[0, "rgba(46,134,222,0.25)"], [1, "rgba(46,134,222,0.25)"]],
    }
    axis = {"type": "category", "dtick": 1, "showgrid": False}
    layout = {
        "margin": {"l": 90, "r": 12, "t": 12, "b": 70},
        "xaxis": axis | {"title": {"text": _("Read as")}},
        "yaxis": axis | {"title": {"text": _("True class")}, "autorange": "reversed"},
    }
    return {"id": "confusion", "traces": [trace, right], "layout": layout}


def epoch_table(run: Reported, language: str, _: Translate) -> list[str]:
    """Every epoch's numbers."""
    if not run.epochs:
        return []

    def share(value: float) -> str:
        return tight(percent(value)) if language == "ko" else percent(value)

    head = [
        _("Epoch"),
        _("Step"),
        _("Train loss"),
        _("Test loss"),
        _("Train accuracy"),
        _("Test accuracy"),
        _("Seconds"),
    ]
    rows = [
        [
            f"{epoch.epoch}", f"{epoch.step:,}", loss(epoch.train_loss), loss(epoch.test_loss),
            share(epoch.train_accuracy), share(epoch.test_accuracy), f"{epoch.training_seconds:.2f}",
        ]
        for epoch in run.epochs
    ]  # fmt: skip
    return [table(head, rows)]


def settings_table(config: TrainConfig, _: Translate) -> list[str]:
    """All settings beside the notes' own; those that differ are marked."""
    notes = TrainConfig()
    rows = [
        (_(SETTINGS[name].label), value_words(name, value, _), value_words(name, getattr(notes, name), _))
        for name, value in config.to_dict().items()
    ]
    differing = [k for k, name in enumerate(SETTINGS) if name in config.changes()]
    said = _("Marked: what differs from the notes’ settings.")
    return [paragraph(said, "quiet"), table([_("Setting"), _("This run"), _("Notes")], rows, differing)]


def environment(run: Reported, _: Translate) -> list[str]:
    """The machine, the versions, and the seconds by what they went into."""
    if run.started is None:
        return []
    compiled = run.compiled or Compiled(tracing_seconds=0.0, compiling_seconds=0.0)
    seconds = {
        _("Loading"): run.started.loading_seconds,
        _("Tracing"): compiled.tracing_seconds,
        _("Compiling"): compiled.compiling_seconds,
        _("Training"): sum(epoch.training_seconds for epoch in run.epochs),
        _("Evaluating"): sum(epoch.evaluating_seconds for epoch in run.epochs),
    }
    rows = [
        (_("Device"), run.started.device),
        (_("Threads"), f"{run.started.threads}"),
        *((name, version) for name, version in run.started.versions.items()),
        (_("Parameters"), f"{run.started.parameters:,}"),
        *((name, _("{seconds} s").format(seconds=f"{took:.2f}")) for name, took in seconds.items()),
    ]
    return [table([_("What"), _("Value")], rows)]


def code_of(run: Reported, _: Translate) -> list[str]:
    """The script of the run."""
    if not run.code:
        return []
    said = _("This script trains the same network without the app.")
    return [paragraph(said, "quiet"), f"<pre><code>{escape(run.code)}</code></pre>"]
