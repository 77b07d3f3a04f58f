"""The digit wall: what the class draws, as it is drawn, and how well a model reads it beside MNIST.

Nobody sees who has drawn what. The teacher takes a drawing down with one press, and can put it back.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.core.data.dataset import CLASS_NAMES, Bytes
from lib.core.diagnosis.assess import Score
from lib.core.diagnosis.confusion import confusion_counts
from lib.runs.model.classwork import WallDigit
from lib.runs.model.room import Seat
from lib.ui.classroom.wall_reading import digits_of, models_of, on_mnist, read_by, wall_of
from lib.ui.classroom.wall_tuning import follow_tuning, offer_tuning
from lib.ui.draw.mydigits.gallery import picture as data_url
from lib.ui.draw.reading.models import CannotPredict, Model
from lib.ui.jobs.actions import press
from lib.ui.jobs.finetune_result import score_words
from lib.ui.shell import page_paths, plain
from lib.ui.shell.language import _
from lib.ui.shell.room import is_as_student
from lib.ui.shell.services import store
from lib.ui.shell.store_health import says_when_store_unavailable
from lib.ui.shell.visitor import visitor
from lib.ui.widgets.choice import choose_from_list
from lib.ui.widgets.confusion import mixed_up_words, show_confusion
from lib.ui.widgets.picture import picture, show_picture
from lib.ui.widgets.text import bold, percent

MODEL, CHOSEN, LAST = "class_wall_model", "class_wall_digits", "class_wall_last"
TEACHER_POLL, MEMBER_POLL = 2.0, 5.0
"""Seconds between polls: the projector is to show a drawing as it is made, and a class has many members."""
HANGING = 72
"""The newest digits that are shown; all of them count."""
SIDE, GAP, LETTERS, ACROSS = 28, 6, 12, 9
"""Of the picture for members, in its own units: a digit, the gap around it, the line below it, digits in a row."""

LOOK = """<span></span><style>
.st-key-class_wall_picture { max-width: 720px }
.st-key-class_wall_digits button { height: auto; padding: 4px 6px; border-radius: 0.5rem }
.st-key-class_wall_digits button img { height: 56px; width: 56px; max-height: none; margin: 0; border-radius: 4px;
  object-fit: contain; image-rendering: pixelated }
</style>"""
"""Pictures larger than letters; the `<span>` is needed, as in `lib.ui.draw.mydigits.view`."""


def show_wall(here: Seat) -> None:
    """The wall with the chosen model's results; for the teacher also its fine-tuning."""
    room, teaches = here.room.id, here.is_teacher and not is_as_student()
    models = models_of(room)
    names = {code: model.name() for code, model in models.items()}
    with st.container(horizontal=True, vertical_alignment="bottom", key="class_wall_top"):
        chosen = choose_from_list(_("Read by"), names, MODEL, 420) if len(names) > 1 else next(iter(names))
        label = bold(_("Draw a digit for the wall"))
        st.page_link(page_paths.DRAW, label=label, icon=":material/draw:", width="content")

    def look() -> None:
        with says_when_store_unavailable(), st.container(key="class_wall"):
            show(here, models[chosen], wall_of(room), teaches)

    st.fragment(look, run_every=TEACHER_POLL if teaches else MEMBER_POLL)()
    st.html(LOOK)
    if teaches:
        with says_when_store_unavailable():
            offer_tuning(here, chosen)
    follow_tuning(here)


def show(here: Seat, model: Model, wall: Sequence[WallDigit], teaches: bool) -> None:
    """Both accuracies, the drawings, and what was mixed up."""
    if not wall:
        st.caption(_("The wall is empty. Draw a digit, say what it is, and press “Show to the class”."))
        show_last(here)
        return
    try:
        taken = read_by(model, wall)
    except CannotPredict as error:
        plain.warning(error.sentence(_))
        return
    images, labels = digits_of(wall)
    show_scores(on_mnist(model), Score(int((taken == labels).sum()), len(labels)))
    if teaches:
        show_presses(here, wall[:HANGING], taken)
    else:
        show_hanging(wall[:HANGING], taken)
    if len(wall) > HANGING:
        st.caption(_("The newest {shown} of {count}.").format(shown=HANGING, count=f"{len(wall):,}"))
    show_mix_ups(images, labels, taken)


def show_scores(mnist: Score | None, ours: Score) -> None:
    """How well the model reads MNIST and the class, side by side, with intervals."""
    with st.container(horizontal=True, key="class_wall_scores"):
        for name, score in ((_("MNIST’s test set"), mnist), (_("Our class"), ours)):
            if score is None:
                continue
            with st.container(width=320):
                st.metric(name, percent(score.share, 1))
                st.caption(score_words(score))


def show_presses(here: Seat, wall: Sequence[WallDigit], taken: Bytes) -> None:
    """The teacher's wall: a press takes a digit down."""
    by_number = {digit.number: caption(digit, int(answer)) for digit, answer in zip(wall, taken, strict=False)}
    pictures = {digit.number: data_url(digit.image.tobytes()) for digit in wall}
    st.session_state[CHOSEN] = []

    def pressed() -> None:
        press(take_down, here, list(st.session_state[CHOSEN]))

    st.pills(
        _("Press a drawing to take it down."),
        list(by_number),
        key=CHOSEN,
        selection_mode="multi",
        # The number tells two look-alikes apart: Streamlit identifies an option by its text.
        format_func=lambda number: f"![{number}]({pictures[number]}) {by_number[number]}",
        on_change=pressed,
    )
    show_last(here)


def show_last(here: Seat) -> None:
    """The press that puts back what the teacher has just taken down."""
    last = st.session_state.get(LAST)
    if last and here.is_teacher:
        icon = ":material/undo:"
        st.button(_("Put it back"), key="class_wall_undo", icon=icon, on_click=press, args=(put_back, here, last))


def caption(digit: WallDigit, answer: int) -> str:
    """What it is, and what it was read as if that is something else."""
    return str(digit.label) if answer == digit.label else f"{digit.label} → {answer}"


def take_down(here: Seat, numbers: list[int]) -> None:
    """Takes the digits down, and remembers which."""
    if store().classwork.take_down(here.room.id, visitor(), numbers):
        st.session_state[LAST] = numbers
    wall_of.clear(here.room.id)


def put_back(here: Seat, numbers: list[int]) -> None:
    """Hangs the digits up again."""
    store().classwork.take_down(here.room.id, visitor(), numbers, removed=False)
    st.session_state.pop(LAST, None)
    wall_of.clear(here.room.id)


def show_hanging(wall: Sequence[WallDigit], taken: Bytes) -> None:
    """The wall as a picture, for those who only look."""
    cell, row = SIDE + GAP, SIDE + GAP + LETTERS
    across = min(ACROSS, len(wall))
    parts = []
    for place, (digit, answer) in enumerate(zip(wall, taken, strict=False)):
        x, y = place % across * cell + GAP / 2, place // across * row + GAP / 2
        url = data_url(digit.image.tobytes())
        parts.append(f'<image x="{x}" y="{y}" width="{SIDE}" height="{SIDE}" href="{url}"/>')
        fill = "currentColor" if answer == digit.label else "#D55E00"
        about = f'x="{x + SIDE / 2}" y="{y + SIDE + LETTERS - 3}" text-anchor="middle" font-size="10" fill="{fill}"'
        parts.append(f"<text {about}>{caption(digit, int(answer))}</text>")
    said = _("{count} drawings of the class, with what they are and what they were read as.").format(count=len(wall))
    high = -(-len(wall) // across) * row
    with st.container(key="class_wall_picture"):
        show_picture("class_wall_svg", picture(said, parts, across * cell, high))


def show_mix_ups(images: Bytes, labels: Bytes, taken: Bytes) -> None:
    """The confusion matrix of the wall."""
    counts, names = confusion_counts(labels, taken), CLASS_NAMES["mnist"]
    said = _("Rows: what was drawn. Columns: what it was read as.")
    said = f"{said} {mixed_up_words(counts, names)}".strip()

    def pictures_of(true: int, taken_as: int) -> Bytes:
        return images[(labels == true) & (taken == taken_as)]

    with st.expander(_("What is mixed up"), key="class_wall_mix_ups"):
        show_confusion(counts, names, said, "class_wall_confusion", pictures_of)
