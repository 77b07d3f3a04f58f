"""What people need to join: the code, large, and the address with it as a QR code."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

import segno
import streamlit as st

from lib.core.classroom.codes import spaced
from lib.runs.model.room import Doors, Room
from lib.ui.classroom.joining import CODE, button
from lib.ui.shell.language import _
from lib.ui.shell.plain import as_text
from lib.ui.shell.services import store
from lib.ui.widgets.picture import picture, show_picture
from lib.ui.widgets.text import moment

BORDER = 4
"""Blank modules around a QR code (ISO/IEC 18004, section 9.1)."""
HERE = ("localhost", "127.0.0.1", "::1")
"""Names by which a machine calls itself, and no other can."""


def page_address() -> str | None:
    """The address of this page without its parameters, as the browser knows it; None if it has not said."""
    given = st.context.url
    parts = urlsplit(given) if given else None
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")) if parts else None


def show_invitation(room: Room) -> None:
    """Code and QR code; a new code, and how people come in."""
    address = page_address()
    with st.container(key="class_invitation"):
        if datetime.now(UTC) < room.code_expires_at:
            st.markdown(f"# {spaced(room.code)}")
            if address:
                link = f"{address}?{CODE}={room.code}"
                show_picture("class_qr", qr_code(link, _("QR code of the address {link}").format(link=link)))
                st.caption(as_text(link.split("://", 1)[-1]))
            st.caption(_("Valid until {time}.").format(time=moment(room.code_expires_at)[-5:]))
        else:
            st.markdown("##### " + _("The code has expired: nobody new can join."))
    if address and urlsplit(address).hostname in HERE:
        st.caption(
            ":material/warning: "
            + _(
                "Only this machine knows this address: open the page under the machine's name or number in the network."
            )
        )
    with st.container(horizontal=True):
        button("class_new_code", _("New code"), "refresh", renew, room, main=False)
        knocking = room.doors == Doors.KNOCK
        label = _("Let in at once") if knocking else _("Ask before letting in")
        icon = "door_open" if knocking else "door_front"
        button("class_doors", label, icon, turn_doors, room, main=False)


def qr_code(link: str, alt: str) -> str:
    """The link as a QR code, an SVG: dark on white, also on a dark page, because readers expect it so."""
    code = segno.make(link, micro=False, error="m")
    rows = list(code.matrix_iter(border=BORDER))
    dark = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    size = len(rows)
    parts = [f'<rect width="{size}" height="{size}" fill="#fff"/>', f'<path d="{dark}" fill="#000"/>']
    return picture(alt, parts, size, size)


def renew(room: Room) -> None:
    """Another code: nobody can join with the earlier one."""
    store().classroom.new_code(room.id, room.teacher)


def turn_doors(room: Room) -> None:
    """Whoever has the code comes in at once, or waits to be let in."""
    doors = Doors.OPEN if room.doors == Doors.KNOCK else Doors.KNOCK
    store().classroom.change(room.id, room.teacher, doors=doors)
