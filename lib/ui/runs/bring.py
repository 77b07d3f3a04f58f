"""One place for files from outside: a run's archive, settings, or own digits. The content says which it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from lib.core.errors import Refusal
from lib.core.exports.archive import LARGEST
from lib.core.exports.archive_reading import read_archive
from lib.core.exports.kinds import kind_of
from lib.core.i18n import mark
from lib.core.incoming import FileError
from lib.core.training.config import settings_in
from lib.runs.artifacts import ArtifactRefused
from lib.ui.jobs.actions import press
from lib.ui.jobs.own_digits import bring_file
from lib.ui.runs.choice import CHOSEN
from lib.ui.shell import page_paths, plain
from lib.ui.shell.language import _
from lib.ui.shell.quotas import limits
from lib.ui.shell.refusals import no_room
from lib.ui.shell.services import store
from lib.ui.shell.visitor import visitor

TURN, SAID, OPENS_TRAIN = "bring_turn", "bring_said", "bring_opens_train"
"""Session-state keys: how many files were given, as each gets a new widget; what became of the last one; and whether
it held settings, which Train shows."""

Adopt = Callable[[Mapping[str, object]], Any]
"""Takes settings by name into Train's form."""


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a file, in the visitor's language."""

    text: str
    done: bool


def offer_to_bring(adopt: Adopt) -> None:
    """The place for a file, folded; settings go to `adopt`, and Train opens."""
    if st.session_state.pop(OPENS_TRAIN, False):
        st.switch_page(page_paths.TRAIN)
    turn = st.session_state.get(TURN, 0)
    key = f"runs_bring_{turn}"
    # A new one for each file, too: it is folded again, and nothing lies over what became of the file.
    with st.popover(_("Bring in"), icon=":material/upload:", key=f"runs_box_{turn}"):
        # Without `type`: Streamlit ends a page with an error where a file has another ending, and the content decides.
        st.file_uploader(
            _(
                "A run’s archive (.zip) comes back as a run of yours, settings (.json) open on Train, and own digits "
                "(.npz) join those that you keep. Nothing that is here is replaced."
            ),
            key=key,
            on_change=given,
            args=(key, adopt),
            max_upload_size=LARGEST // 2**20,
        )


def show_brought() -> None:
    """What became of the last file, once."""
    said: Said | None = st.session_state.pop(SAID, None)
    if said is None:
        return
    with st.container(key="runs_brought"):
        if said.done:
            plain.success(said.text)
        else:
            plain.warning(said.text)


def given(key: str, adopt: Adopt) -> None:
    """Takes the uploaded file in."""
    file = st.session_state[key]
    if file is None:
        return
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
    press(take, file.getvalue(), file.name, adopt)


def take(data: bytes, name: str, adopt: Adopt) -> None:
    """Does with a file what its kind asks for, or stores why not."""
    if why := no_room():
        st.session_state[SAID] = Said(why, done=False)
        return
    try:
        match kind_of(data, name):
            case "run":
                said = bring_run(data, name)
            case "digits":
                said = bring_file(data)
            case "settings":
                said = bring_settings(data, name, adopt)
    except (Refusal, ArtifactRefused) as error:
        st.session_state[SAID] = Said(error.sentence(_), done=False)
    else:
        st.session_state[SAID] = Said(said, done=True) if said else None


def bring_run(data: bytes, name: str) -> str:
    """The run in an archive becomes the visitor's and is chosen. Raises a Refusal, or ArtifactRefused."""
    run = store().import_run(read_archive(data, name), visitor(), limits().brought_runs)
    store().prune(limits().kept_weights)
    st.session_state[CHOSEN] = [run.id]
    return _("Brought in: {name}, {steps} steps.").format(name=run.called, steps=f"{run.step:,}")


def bring_settings(data: bytes, name: str, adopt: Adopt) -> str:
    """The settings in a file go to Train, which says what it refuses. Raises FileError."""
    settings = settings_in(data, name)
    if str(settings.get("format")).startswith("tf2lab-"):
        raise FileError(mark("This is a comparison, or a part of an archive. Comparisons are opened on Compare."))
    adopt(settings)
    st.session_state[OPENS_TRAIN] = True
    return ""
