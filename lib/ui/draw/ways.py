"""The ways to enter a picture: the canvas and, for those who cannot draw, a test digit, a picture or the camera."""

from __future__ import annotations

import secrets

import numpy as np
import streamlit as st

from lib.core.data.dataset import MNIST, TEST_IMAGES, Bytes
from lib.core.data.pictures import pictures
from lib.core.data.uploads import HEIC_NAMES, LARGEST_FILE, NAMES, read_picture
from lib.core.drawing.paper.plain import on_plain_paper
from lib.core.drawing.render import SIDE
from lib.core.i18n import mark
from lib.ui.draw.canvas import KEY, choose_pen, show_buttons, show_canvas
from lib.ui.draw.moving import show_moving
from lib.ui.draw.reading.boxes import are_changed, show_switch, show_tools
from lib.ui.draw.reading.reading import Reading
from lib.ui.shell.language import _
from lib.ui.widgets.choice import choose
from lib.ui.widgets.picture import png

WAY, NUMBER = "draw_way", "draw_number"
PICTURE = "draw_picture"
"""Key of the picture on the page, where one was given."""
WAYS = {
    "canvas": mark("Draw"),
    "sample": mark("Test digit"),
    "upload": mark("Picture"),
    "camera": mark("Camera"),
}


def show_ways() -> None:
    """The choice of ways, above the input. It may appear after the answer."""
    choose(_("How to give a digit"), {code: _(name) for code, name in WAYS.items()}, WAY, named=False)


def place_of_ink() -> str:
    """A selector of what the network reads: the canvas, or the picture."""
    return f".st-key-{KEY}" if way_is_canvas() else f".st-key-{PICTURE} img"


def show_way_in(row: bool) -> Bytes | None:
    """The chosen input and its picture, uint8; None without one. Raises Refusal for a file that is no picture.

    For a `row` of digits the canvas is wide.
    """
    match way := st.session_state.get(WAY):
        case "sample":
            return show_sample()
        case "upload":
            return picture_of(show_upload())
        case "camera":
            return picture_of(st.camera_input(_("Hold a digit on paper into the camera"), key="draw_camera"))
        case "canvas" | None:
            return show_canvas(row)
        case _:
            raise ValueError(f"there is no way in {way!r}")


def way_is_canvas() -> bool:
    """Whether the visitor draws."""
    return st.session_state.get(WAY) in ("canvas", None)


def show_below(reading: Reading | None) -> None:
    """The controls below the input, shown once the answer, the `reading`, is on its way."""
    drawing = way_is_canvas()
    with st.container(horizontal=True, key="draw_buttons"):
        if are_changed():
            show_tools(reading)
            return
        if drawing:
            show_buttons()
        show_moving(reading, drawing)
        show_switch()
        with st.popover(_("Settings"), icon=":material/tune:", key="draw_more"):
            if drawing:
                choose_pen()
            st.toggle(_("Read several digits in a row"), value=True, key="draw_row", persist_state="session")


def show_upload() -> object:
    """The uploader. Only an iPhone does not offer HEIC: it then sends its pictures as JPEG by itself."""
    megabytes = LARGEST_FILE // 2**20
    label = _("A picture of a digit, as JPEG, PNG, WebP, GIF or BMP, up to {megabytes} MB").format(megabytes=megabytes)
    on_iphone = any(name in st.context.headers.get("User-Agent", "") for name in ("iPhone", "iPad"))
    names = NAMES if on_iphone else NAMES + HEIC_NAMES
    return st.file_uploader(label, type=list(names), key="draw_upload", max_upload_size=megabytes)


def picture_of(file: object) -> Bytes | None:
    """What is written in the uploaded picture, which is shown as it is. Raises Refusal."""
    if file is None:
        return None
    picture = read_picture(file.getvalue())  # type: ignore[attr-defined]
    with st.container(key=PICTURE):
        st.image(picture, alt=_("Your picture"), width="content", output_format="PNG")
    return on_plain_paper(picture)


def show_sample() -> Bytes:
    """One of MNIST's test digits, chosen by number or at random."""
    st.session_state.setdefault(NUMBER, 0)
    with st.container(horizontal=True, vertical_alignment="bottom", width=SIDE):
        st.number_input(_("Test image"), 0, TEST_IMAGES - 1, key=NUMBER, width=140, persist_state="session")
        st.button(_("Another"), key="draw_another", icon=":material/casino:", on_click=another)
    picture, label = test_digit(int(st.session_state[NUMBER]))
    said = _("Written as {label}").format(label=label)
    with st.container(key=PICTURE):
        st.image(png(picture.repeat(10, axis=0).repeat(10, axis=1)), alt=said, width=SIDE)
    st.caption(said)
    return picture


def another() -> None:
    """Goes to a random test digit."""
    st.session_state[NUMBER] = secrets.randbelow(TEST_IMAGES)


@st.cache_data(show_spinner=False, max_entries=200)
def test_digit(number: int) -> tuple[Bytes, int]:
    """A test image of MNIST, uint8 (28, 28), and its label."""
    with np.load(MNIST, allow_pickle=False) as arrays:
        label = int(arrays["y_test"][number])
    return pictures("mnist", [number])[0], label
