"""The table of the lesson on the API clean-up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from lib.core.i18n import mark
from lib.core.tour.outputs import Outputs
from lib.core.upgrade.instead import instead_of
from lib.ui.shell.language import _
from lib.ui.widgets.choice import choose

HEIGHT = 420
"""Pixels of the table, about a dozen of its rows."""
FEW = 8
"""This many rows or fewer are a list, in which long names have room on a phone as well."""
FATES: Mapping[str, str] = {"moved": mark("moved"), "gone": mark("gone"), "there": mark("still there")}
"""What became of an old name: it is gone and its new one is there; both are gone; it is still there."""


@dataclass(frozen=True, slots=True)
class Renamed:
    """A row of TensorFlow's table: the names, and whether each is there."""

    old: str
    old_is: str
    new: str
    new_is: str

    @property
    def fate(self) -> str:
        """One of FATES."""
        if self.old_is == "there":
            return "there"
        return "moved" if self.new_is == "there" else "gone"

    def has(self, words: Sequence[str]) -> bool:
        """Whether one of its names has all the words."""
        return any(all(word in name.lower() for word in words) for name in (self.old, self.new))


def renamed(outputs: Outputs) -> list[Renamed]:
    """The rows of the table. Raises NoOutput."""
    columns = (outputs.column("every_renamed_name", name) for name in ("old", "old is", "new", "new is"))
    return [Renamed(*row) for row in zip(*columns, strict=True)]


def show_names(outputs: Outputs) -> None:
    """Every row, with a field that finds names; a fragment, so that a search draws nothing else anew."""
    rows = renamed(outputs)
    st.fragment(search_names)(rows)


def search_names(rows: Sequence[Renamed]) -> None:
    """The rows that have what is looked for."""
    words = (
        st.text_input(_("Find a name, such as layers or placeholder"), key="tour_api_find", persist_state="session")
        .lower()
        .split()
    )
    every = {"": _("all"), **{fate: _(text) for fate, text in FATES.items()}}
    fate = choose(_("What became of it"), every, "tour_api_fate", first="")
    found = [row for row in rows if row.has(words) and fate in ("", row.fate)]
    st.caption(_("{found:,} of {count:,} names").format(found=len(found), count=len(rows)))
    columns = {
        _("TensorFlow 1"): [row.old for row in found],
        _("here"): [_(FATES[row.fate]) for row in found],
        _("new name"): [row.new for row in found],
    }
    if 0 < len(found) <= FEW:
        st.markdown("\n".join(map(row_line, found)))
        return
    narrow = st.column_config.TextColumn(width="small")
    st.dataframe(columns, hide_index=True, height=HEIGHT, key="tour_api_names", column_config={_("here"): narrow})


def row_line(row: Renamed) -> str:
    """A row as an item of a list, with what to write today if its old name is gone."""
    advice = "" if row.fate == "there" else instead_of(row.old)
    return f"- `{row.old}` → `{row.new}`: " + _(FATES[row.fate]) + (". " + _(advice) if advice else "")


def show_instead(outputs: Outputs) -> None:
    """What to write instead of those names of the notes that are gone."""
    said = (line.split(": ")[:2] for line in outputs.text("names_of_the_notes").splitlines())
    gone = [name for name, here in said if here.startswith("gone") and instead_of(name)]
    st.markdown(_("What to write instead:"))
    st.markdown("\n".join(f"- `{name}`: " + _(instead_of(name)) for name in gone))


VIEWS: Mapping[str, Callable[[Outputs], None]] = {
    "names_of_the_notes": show_instead,
    "every_renamed_name": show_names,
}
