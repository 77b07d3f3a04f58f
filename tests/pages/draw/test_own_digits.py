"""Own digits on the Draw page: kept with a click, browsed, relabelled, deleted, imported from a file."""

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lib.core.drawing.preprocess import prepare
from lib.core.i18n import LANGUAGES, translator
from lib.core.mydigits.digit_sets import MAX_DIGITS, Digits, OwnDigitsError, to_npz
from lib.runs.db.store import Store
from lib.ui.draw.mydigits.files import as_digits
from lib.ui.draw.mydigits.gallery import ON_A_PAGE
from lib.ui.shell.visitor import known_by
from tests.pages.draw.drawing import FOUR, ONE, SCRIBBLE, SEVEN, beside, draw
from tests.pages.visiting import english_left, there, visit, words_in, words_on

ME = known_by("one")
both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))


@pytest.fixture(autouse=True)
def nothing_kept(store: Store) -> None:
    """Each test begins without own digits."""
    for owner in (ME, known_by("two")):
        store.forget_digits(owner, [one.id for one in store.own_digits(owner)])


def made(count: int, label: int | None = None) -> Digits:
    """`count` different digits, with one label or all labels in turn."""
    ink = np.random.default_rng(count).integers(0, 256, (count, 26, 26), np.uint8)
    images = np.pad(ink, ((0, 0), (1, 1), (1, 1)))
    labels = np.arange(count) % 10 if label is None else np.full(count, label)
    return Digits(images=images, labels=labels.astype(np.uint8))


def kept(store: Store, owner: str = ME) -> list[int]:
    """The labels of the kept digits, newest first."""
    return [one.label for one in store.own_digits(owner)]


def view(visitor: AppTest, code: str) -> AppTest:
    return visitor.get_by_key("own_view").set_value(code).run()


def on_page(visitor: AppTest) -> list[int]:
    """The numbers of the digits that the gallery shows."""
    return [int(option.split("]")[0].removeprefix("![")) for option in visitor.get_by_key("own_chosen").options]


def drawn(visitor: AppTest) -> bool:
    """Whether the fragments rerun by a click are there; the page's title is missing then."""
    return not visitor.exception and there(visitor, "own_digits")


@both_languages
def test_one_press_keeps_what_the_network_sees_and_another_takes_it_back(store: Store, lang: str) -> None:
    visitor = draw(visit("draw", lang=lang), SEVEN)
    visitor.get_by_key("own_right_0").click().run()
    assert drawn(visitor)
    (one,) = store.own_digits(ME)
    assert one.label == 7
    assert translator(lang)("Kept as a {label}.").format(label=7) in words_in(visitor, "own_keep")
    assert on_page(visitor) == [one.id]
    assert (english_left(words_on(visitor)) == []) == (lang == "ko")
    visitor.get_by_key("own_undo_0").click().run()
    assert drawn(visitor)
    assert kept(store) == []
    assert there(visitor, "own_right_0")


def test_a_drawing_is_kept_once_whatever_is_pressed(store: Store) -> None:
    visitor = draw(visit("draw"), SEVEN)
    for label in (1, 2, 7):
        visitor.get_by_key("own_label_0").set_value(label).run()
        assert kept(store) == [label]
    draw(visitor, FOUR)
    assert visitor.get_by_key("own_label_0").value is None
    visitor.get_by_key("own_right_0").click().run()
    assert kept(store) == [4, 7]
    draw(visitor, SEVEN)
    assert visitor.get_by_key("own_label_0").value == 7, "it is remembered that this drawing is kept"


def test_it_is_kept_as_prepared_by_all_steps_whichever_are_off(store: Store) -> None:
    corner = [[(180 + x / 4, 170 + y / 4) for x, y in stroke] for stroke in SEVEN]
    images = []
    for off in ("", "scale", "invert"):
        visitor = draw(visit("draw"), corner)
        if off:
            visitor.get_by_key(f"draw_step_{off}").set_value(False).run()
        visitor.get_by_key("own_label_0").set_value(7).run()
        assert drawn(visitor)
        images.append(store.own_digits(ME)[0].image)
    for image in images[1:]:
        np.testing.assert_array_equal(image, images[0])
    assert prepare(images[0]) is not None


def test_each_digit_of_a_row_is_labelled_by_itself(store: Store) -> None:
    visitor = draw(visit("draw"), beside(ONE, FOUR, SEVEN), width=12)
    visitor.get_by_key("own_right_2").click().run()
    visitor.get_by_key("own_label_1").set_value(9).run()
    assert kept(store) == [9, 7]
    assert there(visitor, "own_right_0"), "the first is not kept yet"
    visitor.get_by_key("own_undo_2").click().run()
    assert kept(store) == [9]


def test_what_is_no_digit_is_not_called_right_and_an_empty_canvas_offers_nothing(store: Store) -> None:
    visitor = visit("draw")
    assert not there(visitor, "own_keep")
    draw(visitor, SCRIBBLE)
    assert not there(visitor, "own_right_0")
    visitor.get_by_key("own_label_0").set_value(8).run()
    assert kept(store) == [8]


def test_beyond_the_most_nothing_is_kept_and_it_says_so(store: Store) -> None:
    store.keep_digits(ME, made(MAX_DIGITS))
    visitor = draw(visit("draw"), SEVEN)
    visitor.get_by_key("own_right_0").click().run()
    assert drawn(visitor)
    assert "2,000" in words_in(visitor, "own_keep_said")
    assert len(kept(store)) == MAX_DIGITS


def test_a_gallery_of_2000_shows_some_dozens_at_a_time_newest_first(store: Store) -> None:
    store.keep_digits(ME, made(MAX_DIGITS))
    visitor = visit("draw")
    numbers = [one.id for one in store.own_digits(ME)]
    assert on_page(visitor) == numbers[:ON_A_PAGE]
    visitor.get_by_key("own_page").set_value(42).run()
    assert on_page(visitor) == numbers[41 * ON_A_PAGE :]
    visitor.get_by_key("own_filter").set_value(3).run()
    assert drawn(visitor)
    by_number = {one.id: one.label for one in store.own_digits(ME)}
    assert {by_number[number] for number in on_page(visitor)} == {3}
    assert "3 · 200" in visitor.get_by_key("own_filter").options


@both_languages
def test_those_chosen_are_labelled_anew_and_deleted(store: Store, lang: str) -> None:
    store.keep_digits(ME, made(10))
    visitor = visit("draw", lang=lang)
    nine, eight, seven, *_others = on_page(visitor)
    visitor.get_by_key("own_chosen").set_value([nine, seven]).run()
    visitor.get_by_key("own_relabel").set_value(1).run()
    assert drawn(visitor)
    assert kept(store)[:3] == [1, 8, 1]
    assert visitor.get_by_key("own_chosen").value == [nine, seven]
    visitor.get_by_key("own_chosen").set_value([eight]).run()
    visitor.get_by_key("own_delete").click().run()
    assert drawn(visitor)
    assert kept(store)[:3] == [1, 1, 6]
    assert (english_left(words_on(visitor)) == []) == (lang == "ko")


def test_deleting_all_takes_a_second_press_and_only_what_is_shown(store: Store) -> None:
    store.keep_digits(ME, made(60))
    visitor = visit("draw")
    visitor.get_by_key("own_filter").set_value(3).run()
    visitor.get_by_key("own_delete_all").click().run()
    assert len(kept(store)) == 60
    visitor.get_by_key("own_delete_not").click().run()
    assert not there(visitor, "own_delete_sure")
    visitor.get_by_key("own_delete_all").click().run()
    visitor.get_by_key("own_delete_sure").click().run()
    assert drawn(visitor)
    assert len(kept(store)) == 54
    assert 3 not in kept(store)
    visitor.get_by_key("own_filter").set_value(None).run()
    visitor.get_by_key("own_delete_all").click().run()
    visitor.get_by_key("own_filter").set_value(5).run()
    assert not there(visitor, "own_delete_sure"), "what was asked about is not what is shown any more"


def test_a_visitor_sees_only_their_own(store: Store) -> None:
    store.keep_digits(known_by("two"), made(5))
    (strange, *_others) = [one.id for one in store.own_digits(known_by("two"))]
    visitor = visit("draw", known_as="one")
    assert not there(visitor, "own_chosen")
    visitor.session_state["own_chosen"] = [strange]
    visitor.session_state["own_kept"] = {"0/whatever": (strange, 4)}
    visitor.run()
    assert drawn(visitor)
    assert len(kept(store, known_by("two"))) == 5
    assert on_page(visit("draw", known_as="two"))[0] == strange


def brought(visitor: AppTest, data: bytes, turn: int = 0) -> AppTest:
    return visitor.get_by_key(f"own_import_{turn}").set_value(("digits.npz", data, "application/zip")).run()


def test_a_file_brings_what_is_not_there_yet_and_keeps_what_is(store: Store) -> None:
    mine = made(12)
    store.keep_digits(ME, mine.some(np.arange(5)))
    visitor = view(visit("draw"), "files")
    brought(visitor, to_npz(mine))
    assert drawn(visitor)
    assert "Added: 7. There already: 5." in words_in(visitor, "own_files_said")
    everything = as_digits(store.own_digits(ME))
    assert sorted(zip(everything.labels.tolist(), everything.images.sum(axis=(1, 2)).tolist(), strict=True)) == sorted(
        zip(mine.labels.tolist(), mine.images.sum(axis=(1, 2)).tolist(), strict=True)
    )
    brought(visitor, to_npz(everything), turn=1)
    assert len(kept(store)) == 12


@both_languages
def test_digits_that_are_black_on_white_are_inverted_and_that_is_said(store: Store, lang: str) -> None:
    mine = made(6)
    file = to_npz(Digits(images=255 - mine.images, labels=mine.labels))
    visitor = brought(view(visit("draw", lang=lang), "files"), file)
    assert drawn(visitor)
    said = translator(lang)("Black on white, so inverted to white on black as the networks know it: {count}.")
    assert said.format(count=6) in words_in(visitor, "own_files_said")
    assert {one.image.tobytes() for one in store.own_digits(ME)} == {image.tobytes() for image in mine.images}


def damaged() -> dict[str, Any]:
    whole = to_npz(made(4))
    return {
        "empty": b"",
        "no zip": b"\x89PNG" * 100,
        "cut short": whole[:-200],
        "many": to_npz(made(MAX_DIGITS)),
    }


@both_languages
@pytest.mark.parametrize("harm", list(damaged()))
def test_a_file_that_is_refused_says_why_and_loses_nothing(store: Store, lang: str, harm: str) -> None:
    store.keep_digits(ME, made(3, label=6))
    visitor = brought(view(visit("draw", lang=lang), "files"), damaged()[harm])
    assert drawn(visitor)
    assert words_in(visitor, "own_files_said")
    assert kept(store) == [6, 6, 6]
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


@both_languages
def test_every_view_has_words_for_nothing(lang: str) -> None:
    visitor = visit("draw", lang=lang)
    for code in ("gallery", "test", "tune", "files"):
        view(visitor, code)
        assert drawn(visitor)
        assert len(words_in(visitor, "own_digits")) > 40
        assert (english_left(words_on(visitor)) == []) == (lang == "ko")
    assert visitor.get_by_key("own_npz").disabled
    assert visitor.get_by_key("own_png").disabled


@both_languages
@pytest.mark.parametrize("press", ["own_relabel", "own_delete"])
def test_what_another_tab_deleted_is_not_said_to_be_labelled_or_deleted(store: Store, lang: str, press: str) -> None:
    store.keep_digits(ME, made(10))
    visitor = visit("draw", lang=lang)
    nine, eight, seven, six, *_others = on_page(visitor)
    visitor.get_by_key("own_chosen").set_value([nine, eight]).run()
    store.forget_digits(ME, [nine])  # as another tab does
    visitor.get_by_key("own_relabel").set_value(1).run()
    (said,) = visitor.success
    assert said.value == translator(lang)("Labelled {label} now: {count}.").format(label=1, count=1) + " " + translator(
        lang
    )("Not there any more, perhaps deleted in another tab: {count}.").format(count=1)
    visitor.get_by_key("own_chosen").set_value([seven, six]).run()
    store.forget_digits(ME, [seven, six])
    visitor.get_by_key(press).set_value(1).run() if press == "own_relabel" else visitor.get_by_key(press).click().run()
    assert drawn(visitor)
    assert list(visitor.success) == []
    assert OwnDigitsError("gone").sentence(translator(lang)) in [warning.value for warning in visitor.warning]
    assert len(kept(store)) == 7
    assert (english_left(words_on(visitor)) == []) == (lang == "ko")


def test_a_drawing_that_another_tab_deleted_is_not_said_to_be_taken_back(store: Store) -> None:
    visitor = draw(visit("draw"), SEVEN)
    visitor.get_by_key("own_right_0").click().run()
    store.forget_digits(ME, [one.id for one in store.own_digits(ME)])
    visitor.get_by_key("own_undo_0").click().run()
    assert drawn(visitor)
    assert OwnDigitsError("gone").sentence() in [warning.value for warning in visitor.warning]
    assert there(visitor, "own_right_0"), "it can be kept again"
