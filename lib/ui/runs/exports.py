"""The run's network as a file in each format: made on request, and handed out once it has passed its check."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from lib.core.exports.formats import FORMATS, Format, why_not
from lib.core.exports.words import STAGES, figures_words
from lib.core.studies.configs import EXPORT, ExportConfig
from lib.core.studies.events import Exported, Exporting
from lib.core.training.events import Failed, why_failed
from lib.runs import exports
from lib.runs.exports import ExportLost
from lib.runs.model.run import Run, Status, Study
from lib.ui.jobs.actions import NOT_DONE, press
from lib.ui.jobs.status import waiting_words
from lib.ui.jobs.studies import stop_study, study_feed
from lib.ui.shell.language import _, language
from lib.ui.shell.plain import as_text
from lib.ui.shell.refusals import refusal
from lib.ui.shell.services import engine, store
from lib.ui.shell.visitor import may_control, visitor

LOOKED_THROUGH = 100
"""Newest exports among which the run's are looked for; the engine keeps fewer of those that are over."""


def offer_exports(run: Run) -> None:
    """A row for each format: what it is for, and its button, its progress or its file with the figures."""
    st.subheader(_("The network as a file"))
    st.caption(
        _(
            "Each file is made in a process of its own, opened in another and compared with what this page says about "
            "the first 1,000 test images of the run’s data set. Only then it can be taken away."
        )
    )
    if run.config.precision != "float32":
        st.caption(_("Every file calculates in float32, as this page does, although the run was trained with 16 bits."))
    kept = store().checkpoint(run.id)
    if kept is None:
        st.markdown(_("There are no weights of this run: it has not come so far yet, or they are not kept any more."))
        return
    all_made = store().studies(EXPORT, limit=LOOKED_THROUGH)
    for wanted in FORMATS.values():
        with st.container(key=f"export_row_{wanted.code}", gap="xsmall", border=True):
            show_format(run, wanted, kept.step, all_made)


def show_format(run: Run, wanted: Format, step: int, all_made: Sequence[Study]) -> None:
    """One format: its name and purpose, and whatever there is of it."""
    config = ExportConfig(model=run.id, format=wanted.code, language=language() if wanted.in_language else "en")
    same = [study for study in all_made if study.config == config]
    # Others' exports are of interest only once they have a file.
    newest = next((study for study in same if study.status == Status.FINISHED or may_control(study)), None)
    made = file_of(same)
    is_lost = made is not None and not is_there(made.path, made.size)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{as_text(_(wanted.label))}** – {as_text(_(wanted.purpose))}")
        if made and not is_lost:
            download(run, wanted, made)
        if newest and newest.is_open:
            stop_button(newest, wanted)
        elif made is None or made.step != step or is_lost:
            make_button(run, config, again=made is not None)
    said = [why_no(run, wanted), state_words(newest) if newest else None]
    if made and not is_lost:
        said.append(made_words(made))
    elif is_lost and newest and not newest.is_open:
        said.append(ExportLost().sentence(_))
    for words in filter(None, said):
        st.caption(as_text(words))


def file_of(same: Sequence[Study]) -> Exported | None:
    """The newest of these exports that has come to a file."""
    finished = next((study for study in same if study.status == Status.FINISHED), None)
    events = study_feed(finished.id).look()[1] if finished else ()
    return next((event for event in events if isinstance(event, Exported)), None)


@st.cache_data(show_spinner=False, ttl=10)
def is_there(path: str, size: int) -> bool:
    """Whether the file is still kept; asked now and then only, because the storage may be far away."""
    return exports.is_there(path, size)


def why_no(run: Run, wanted: Format) -> str | None:
    """Why there cannot be such a file of this run, in the visitor's language."""
    if not wanted.has_network and not run.step:
        return _("No step of this run is recorded yet.")
    refused = why_not(run.config, wanted.code)
    return refused.sentence(_) if refused else None


def state_words(study: Study) -> str | None:
    """How far an export is, or why it has no file, in the visitor's language."""
    events = study_feed(study.id).look()[1]
    end = events[-1] if events else None
    match study.status:
        case Status.WAITING:
            return waiting_words(study)
        case Status.FAILED if isinstance(end, Failed):
            found = [figures_words(event, _) for event in events if isinstance(event, Exported)]
            return " ".join([why_failed(end, _), *found])
        case Status.STOPPED:
            return _("Stopped; no file was written.")
        case Status.FINISHED:
            return None
        case _:
            return _(STAGES[end.stage]) if isinstance(end, Exporting) else _("Starting …")


def made_words(made: Exported) -> str:
    """What the check of the file has found, in the visitor's language."""
    return _("After step {step}: {figures}.").format(step=f"{made.step:,}", figures=figures_words(made, _))


def make_button(run: Run, config: ExportConfig, again: bool) -> None:
    """Asks for the file."""
    st.button(
        _("Make again") if again else _("Make"),
        key=f"export_{config.format}",
        icon=":material/manufacturing:",
        disabled=bool(why_no(run, FORMATS[config.format])),
        on_click=press,
        args=(request_export, config),
    )


def request_export(config: ExportConfig) -> None:
    """A new export of this visitor; if their limits forbid it, the next rerun says why."""
    if why := refusal(config, store().open_runs_of(visitor())):
        st.session_state[NOT_DONE] = why
        return
    store().create_study(config, owner=visitor())
    engine().wake()


def stop_button(study: Study, wanted: Format) -> None:
    """Ends the visitor's own export."""
    if may_control(study):
        st.button(
            _("Stop"), key=f"export_stop_{wanted.code}", icon=":material/stop:", on_click=press,
            args=(stop_study, study.id),
        )  # fmt: skip


def download(run: Run, wanted: Format, made: Exported) -> None:
    """Hands the file out; its content is checked against its SHA-256 again when the button is pressed."""
    st.download_button(
        _("Download"),
        partial(exports.read, made.path, made.sha256),
        file_name=f"tf2lab-{run.id}-{wanted.code}{wanted.suffix}",
        mime=wanted.mime,
        key=f"download_{wanted.code}",
        icon=":material/download:",
        on_click="ignore",
    )
