"""The study that makes a file to take away: the worker gives it the run, and keeps the file that has passed."""

from __future__ import annotations

from functools import partial

from lib.core.exports.figures import unlike
from lib.core.exports.formats import FORMATS, why_not
from lib.core.studies.configs import ExportConfig
from lib.core.training.events import Checkpoint, Finished, Stopped
from lib.ml.exports.job import export
from lib.ml.exports.parcel import packed
from lib.ml.untimed import began_untimed
from lib.runs import artifacts, exports
from lib.runs.db.store import Store
from lib.runs.model.run import Run
from lib.runs.worker.attempt import Events, retry_until_available


def exporting(config: ExportConfig, run: Run, checkpoint: Checkpoint, store: Store) -> Events:
    """The events of the export of this run with its newest weights. Raises ExportFailed."""
    yield began_untimed()
    if refusal := why_not(run.config, config.format):
        raise refusal
    curves = {} if FORMATS[config.format].has_network else retry_until_available(store.curves, run.id)
    about = {"language": config.language, "name": run.called, "accuracy": run.accuracy}
    parcel = packed(config.format, run.config, checkpoint, curves, **about)
    exported = yield from export(parcel, partial(exports.keep, run_id=run.id, step=checkpoint.step))
    if exported is None:
        yield Stopped(step=0)
        return
    try:
        yield exported
    except GeneratorExit:  # nobody will hear of the file
        artifacts.remove(exported.path)
        raise
    if not exported.path:
        raise unlike(exported)
    yield Finished(step=1, reason="exported")
