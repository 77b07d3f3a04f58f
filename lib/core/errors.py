"""The errors that this app foresees: one small tree, each with the sentence that the visitor reads.

    AppError
    ├── Refusal        refused input: a setting, a study, a guess, a file
    ├── WeightsError   saved weights cannot be used: missing, damaged, of another network
    └── the others     a missing run, a store or a data set out of reach

Each class is defined in the room that raises it. Pages and the terminal catch a branch and show `error.sentence(_)`; a
worker records `error.reason`.
"""

from __future__ import annotations

from collections.abc import Mapping

from lib.core.i18n import Translate, mark, untranslated

REASONS: Mapping[str, str] = {
    "not_a_number": mark("The loss is no longer a number (NaN): the weights have exploded."),
    "no_data": mark("The data set is not on this machine and could not be downloaded. MNIST needs no download."),
    "out_of_memory": mark("The machine has too little memory for this network and batch size."),
    "out_of_memory_study": mark("The machine has too little memory for this measurement: try a smaller one."),
    "disk_full": mark("The disk is full: the weights could not be written. Everything recorded until then is kept."),
    "weights_read_only": mark("The weights could not be written: their folder does not allow it."),
    "weights_unreachable": mark("The weights could not be written: the place where they lie does not answer."),
    "checkpoint_lost": mark("The weights to go on from are no longer there; the curve recorded until then is kept."),
    "checkpoint_damaged": mark(
        "The file with the weights to go on from is damaged; the curve recorded until then is kept."
    ),
    "weights_lost_study": mark("The weights of that run are not kept any more."),
    "weights_damaged_study": mark("The file with the weights of that run is damaged."),
    "base_lost": mark(
        "The weights of the model that was to be tuned are no longer there. Choose another model, or train it again."
    ),
    "base_damaged": mark(
        "The file with the weights of the model that was to be tuned is damaged, or does not fit its network. "
        "Choose another model."
    ),
    "worker_died": mark("The worker process died again and again; everything recorded until then is kept."),
    "export_failed": mark("The file could not be made; the server's log has the details."),
    "export_unreadable": mark("The file was made, but it could not be opened again, so it is not handed out."),
    "export_unlike": mark(
        "The file was made, but opened again it does not say closely enough what this network says, so it is not "
        "handed out."
    ),
    "export_slow": mark("Making the file took too long on this machine, so it was ended."),
    "export_large": mark("The file of this network would be too large for this server."),
    "export_float16": mark(
        "A weight of this run is larger than float16 can hold, which ends at 65,504: its training has gone out of "
        "bounds, so there is no page of it."
    ),
    "export_weights": mark(
        "This run's weights do not fit its network, or are no numbers any more: its training has exploded. There is "
        "nothing to export."
    ),
    # No longer raised; logs of older versions contain it.
    "server_stopped": mark("The server was stopped during this run; everything recorded until then is kept."),
    "error": mark("Something unexpected went wrong; the server's log has the details."),
}
"""Why a run or study fails, by the code in its log, as shown to visitors."""


class AppError(Exception):
    """An error that this app foresees.

    `sentence(_)` is for the visitor: the class's `template`, or else the text in REASONS for its `reason`, filled in
    with `values`. `detail`, which is also `str(error)`, is for the log and may say more.
    """

    reason = "error"
    template = ""

    def __init__(self, detail: str = "", /, **values: object) -> None:
        self.values = values
        self.detail = detail or self.sentence()
        super().__init__(self.detail)

    def sentence(self, _: Translate = untranslated) -> str:
        """The sentence for the visitor, in the language of `_`."""
        values = {
            name: value.sentence(_) if isinstance(value, AppError) else value for name, value in self.values.items()
        }
        return _(self.template or REASONS[self.reason]).format(**values)


class Refusal(AppError, ValueError):
    """Refused input: the sentence names it, and says what would be right."""


class WeightsError(AppError):
    """Saved weights cannot be used."""

    reason = "checkpoint_damaged"
