"""What became of a visitor's code: its changes, the tool's report, and the names that are still gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from lib.core.i18n import mark
from lib.core.upgrade.instead import instead_of
from lib.core.upgrade.result import Missing, Note, Upgraded
from lib.ui.shell import plain
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_text
from lib.ui.widgets.text import bold

TALL = 520
"""Pixels of a long diff."""
MANY = 24
"""Lines of a diff that is long."""
SHOWN = 40
"""Names and notes that are listed."""
LEVELS: Mapping[str, str] = {
    "INFO": mark("Changed"),
    "WARNING": mark("Look at it"),
    "ERROR": mark("Not converted"),
}
"""What a note means, by its level."""


def show_report(result: Upgraded) -> None:
    """Everything about the upgraded code."""
    show_diff(result)
    show_notes(result)
    show_wrong(result)
    show_missing(result)
    if result.passed:
        said = _(
            "The tool follows the name `tf` of `import tensorflow as tf` only. It passed over what was imported in "
            "another way, in line {lines}; the names were looked up all the same."
        )
        st.markdown(":material/visibility_off: " + said.format(lines=numbers(result.passed)))


def show_diff(result: Upgraded) -> None:
    """The changed lines, and the whole code to copy."""
    diff = result.diff()
    if not diff:
        st.markdown(_("The tool changed nothing."))
        return
    removed = sum(line.startswith("-") for line in diff.splitlines())
    st.markdown(_("The tool changed {count} lines. Minus marks what was, plus what is now:").format(count=removed))
    with st.container(key="upgrade_diff"):
        st.code(diff, language="diff", wrap_lines=True, height=TALL if diff.count("\n") > MANY else "content")
    with st.expander(_("The whole code, to copy")):
        st.code(result.code, language="python", wrap_lines=True)


def show_notes(result: Upgraded) -> None:
    """The tool's report, the notes that ask for something first."""
    if not result.notes:
        return
    asks = sorted((note for note in result.notes if note.level != "INFO"), key=lambda note: note.level != "ERROR")
    others = [note for note in result.notes if note.level == "INFO"]
    said = _("The tool's report: {count} notes, {asks} of them to look at")
    with st.expander(said.format(count=result.count, asks=len(asks)), expanded=bool(asks)):
        notes = [*asks, *others]
        st.markdown("\n".join(map(note_line, notes[:SHOWN])))
        if result.count > SHOWN:
            st.caption(_("and {count} more").format(count=result.count - SHOWN))
        st.caption(_("What the tool says in a sentence of its own is in English, as it says it."))


def note_line(note: Note) -> str:
    """A note as an item of a list."""
    said = _("line {line}: {what}")
    return "- " + bold(_(LEVELS[note.level])) + " · " + said.format(line=note.line, what=as_text(note.sentence(_)))


def show_wrong(result: Upgraded) -> None:
    """Where the tool replaced a name that is there by one that is not."""
    wrong = [missing for missing in result.missing if missing.was]
    if not wrong:
        return
    said = _("{was} is there, and the tool made {name} of it, {why}. Leave {was} as it was (line {lines}).")
    gone, refuses = _("which is gone"), _("which Keras 3 refuses to make")
    sentences = [
        said.format(was=one.was, name=one.name, why=refuses if one.refuses else gone, lines=numbers(one.lines))
        for one in wrong
    ]
    with st.container(key="upgrade_wrong"):
        st.markdown("##### " + _("Here the tool is wrong"))
        plain.error(*sentences[:SHOWN])


def show_missing(result: Upgraded) -> None:
    """The names that this TensorFlow does not have, with what to write instead."""
    gone = [missing for missing in result.missing if not missing.was]
    title = _("Still gone in TensorFlow {version}").format(version=as_text(result.version))
    with st.container(key="upgrade_missing"):
        st.markdown(f"##### {title}")
        st.markdown(_("{names} names of TensorFlow in the result were looked up.").format(names=result.names))
        if not gone:
            said = _("All others are there.") if result.missing else _("All are there.")
            st.markdown(f":material/check: {said} " + _("Whether they do what they did, only a run can show."))
            return
        st.markdown("\n".join(map(missing_line, gone[:SHOWN])))
        if len(gone) > SHOWN:
            st.caption(_("and {count} more").format(count=len(gone) - SHOWN))


def missing_line(missing: Missing) -> str:
    """A name that is gone as an item of a list."""
    said = _("line {line}: {what}").format(line=numbers(missing.lines), what=bold(as_text(missing.name)))
    ends = "" if missing.ends == missing.name else " " + _("({part} is gone)").format(part=as_text(missing.ends))
    table = _("TensorFlow's table names {new}.").format(new=as_text(missing.new)) if missing.new else ""
    advice = instead_of(missing.name)
    words = " ".join(filter(None, (_(advice) if advice else "", table)))
    return f"- {said}{ends} → " + (words or _("TensorFlow names nothing in its place."))


def numbers(lines: Sequence[int]) -> str:
    """Numbers of lines, the first few."""
    few = ", ".join(map(str, lines[:5]))
    return few if len(lines) <= 5 else f"{few}, …"
