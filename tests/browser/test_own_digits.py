"""Own digits in a real browser: drawn, kept, deleted, exported, imported, and trained on."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from lib.core.data.dataset import MNIST
from lib.core.mydigits.digit_sets import Digits, from_npz
from tests.browser.expecting import expect
from tests.browser.serving import Server
from tests.browser.strokes import canvas, clear, expect_read, with_a_finger, with_the_mouse
from tests.browser.visiting import PHONE, into_view, open_page, press, start, visitor, wait_for_status, who
from tests.pages.draw.drawing import FOUR, ONE, SEVEN, beside

SMALL = "network=mlp&dense_units=32&train_size=2000&batch_size=20&epochs=1"
DIGITS = ".st-key-own_chosen button"


def label(page: Page, place: int, digit: int) -> None:
    press(page, page.locator(f".st-key-own_label_{place} button").nth(digit))


def view(page: Page, name: str) -> None:
    press(page, page.locator(".st-key-own_view").get_by_text(name, exact=True))


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    with visitor(browser, **PHONE | {"color_scheme": "dark", "locale": "ko-KR"}) as page:
        yield page


def some_of_mnist(count: int) -> Digits:
    """The first `count` of MNIST's test digits."""
    with np.load(MNIST, allow_pickle=False) as arrays:
        return Digits(images=arrays["x_test"][:count], labels=arrays["y_test"][:count].astype(np.uint8))


def test_drawn_kept_labelled_anew_taken_back_and_deleted(server: Server, page: Page) -> None:
    open_page(page, f"{server.url}/draw")
    canvas(page).wait_for()
    with_the_mouse(page, SEVEN)
    expect_read(page, "7")
    press(page, "own_right_0")
    expect(page.locator(".st-key-own_undo_0")).to_be_visible()
    expect(page.locator(DIGITS)).to_have_count(1)
    clear(page)
    with_the_mouse(page, FOUR)
    expect_read(page, "4")
    label(page, 0, 9)
    expect(page.locator(".st-key-own_keep")).to_contain_text("Kept as a 9.")
    press(page, "own_undo_0")
    expect(page.locator(DIGITS)).to_have_count(1)
    press(page, "own_right_0")
    expect(page.locator(DIGITS)).to_have_count(2)

    page.reload()
    expect(page.locator(DIGITS)).to_have_count(2)
    assert [one.label for one in server.store.own_digits(who(page))] == [4, 7]
    press(page, page.locator(DIGITS).first)
    press(page, "own_delete")
    expect(page.locator(DIGITS)).to_have_count(1)
    press(page, "own_delete_all")
    press(page, "own_delete_sure")
    expect(page.locator(".st-key-own_digits")).to_contain_text("There is none yet")
    assert server.store.own_digits(who(page)) == []


def test_a_file_takes_them_to_another_browser(server: Server, page: Page, other: Page, tmp_path: Path) -> None:
    """Who has no file sees none of them; a file that is none is refused, and what was there stays."""
    open_page(page, f"{server.url}/draw")
    mine = some_of_mnist(12)
    server.store.keep_digits(who(page), mine)
    view(page, "Files")
    file = tmp_path / "digits.npz"
    with page.expect_download() as coming:
        press(page, "own_npz")
    coming.value.save_as(file)
    taken = from_npz(file.read_bytes())
    np.testing.assert_array_equal(taken.images, mine.images[::-1])
    np.testing.assert_array_equal(taken.labels, mine.labels[::-1])
    with page.expect_download() as coming:
        press(page, "own_png")
    assert Path(coming.value.path()).read_bytes().startswith(b"\x89PNG")

    open_page(other, f"{server.url}/draw")
    expect(other.locator(".st-key-own_digits")).to_contain_text("There is none yet")
    view(other, "Files")
    place = other.locator("[class*='st-key-own_import'] input[type=file]")
    place.set_input_files(file)
    expect(other.locator(".st-key-own_files_said")).to_contain_text("Added: 12.")
    place.set_input_files({"name": "digits.npz", "mimeType": "application/zip", "buffer": b"no such file"})
    expect(other.locator(".st-key-own_files_said")).to_contain_text("no .npz file")
    view(other, "Gallery")
    expect(other.locator(DIGITS)).to_have_count(12)


def test_a_row_is_labelled_with_a_finger_on_a_phone(server: Server, phone: Page) -> None:
    open_page(phone, f"{server.url}/draw")
    canvas(phone).wait_for()
    into_view(phone, canvas(phone))
    with_a_finger(phone, beside(ONE, FOUR, SEVEN))
    expect_read(phone, "147")
    for place in range(3):
        size = phone.locator(f".st-key-own_label_{place} button").first.bounding_box()
        assert size is not None
        assert min(size["width"], size["height"]) >= 40, "a fingertip needs that"
    press(phone, "own_right_1", finger=True)
    expect(phone.locator(".st-key-own_undo_1")).to_be_visible()
    press(phone, phone.locator(".st-key-own_label_2 button").nth(1), finger=True)
    expect(phone.locator(".st-key-own_undo_2")).to_be_visible()
    assert [one.label for one in server.store.own_digits(who(phone))] == [1, 4]
    expect(phone.locator(DIGITS)).to_have_count(2)
    image = phone.locator(f"{DIGITS} img").first.bounding_box()
    assert image is not None
    assert image["width"] == image["height"] >= 40, "pictures are larger than letters"
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390


def test_a_run_is_tuned_and_then_reads_the_drawing(server: Server, page: Page) -> None:
    """It learns a hand that MNIST does not have: all these digits are written upside down."""
    open_page(page, f"{server.url}/train?{SMALL}")
    base = start(page)
    wait_for_status(page, "finished")
    digits = some_of_mnist(60)
    server.store.keep_digits(who(page), Digits(images=digits.images[:, ::-1], labels=digits.labels))

    open_page(page, f"{server.url}/draw?run={base}")
    view(page, "Fine-tune")
    press(page, "own_tune")
    expect(page.locator(".st-key-own_tuning")).to_contain_text("[finished]")
    run = next(run for run in server.store.runs() if run.base == base)
    before, *_epochs, after = (event for _, event in server.store.events(run.id) if hasattr(event, "own_accuracy"))
    assert after.held_out
    assert after.own_accuracy > before.own_accuracy
    shown = f"{before.own_accuracy:.2%} → {after.own_accuracy:.2%}".replace("%", " %")
    expect(page.locator(".st-key-tuned")).to_contain_text(shown)

    press(page, "own_use")
    page.wait_for_function("id => new URL(location).searchParams.get('run') === id", arg=run.id)
    into_view(page, canvas(page))
    with_the_mouse(page, SEVEN)
    expect(page.locator(f".st-key-draw_read_{run.id}")).to_be_visible()
    press(page, page.locator(".st-key-own_tuning").get_by_test_id("stPageLink-NavLink"))
    wait_for_status(page, "finished")
    expect(page.locator(".st-key-tuned")).to_contain_text(shown)
