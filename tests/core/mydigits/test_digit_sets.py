"""Own digits as arrays and as a portable file; files with other content are refused."""

import io
import pickle
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lib.core.data.dataset import load_images
from lib.core.i18n import translator
from lib.core.mydigits.digit_sets import (
    LARGEST,
    MAX_DIGITS,
    SENTENCES,
    Digits,
    OwnDigitsError,
    from_npz,
    to_npz,
    white_on_black,
)
from tests.core.drawing.labelled import digits, some_digits


def file_of(**arrays: object) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return file.getvalue()


def npy(header: str, body: bytes = b"", version: bytes = b"\1\0") -> bytes:
    """A .npy file with any header."""
    text = header.encode("latin1") + b"\n"
    return b"\x93NUMPY" + version + struct.pack("<H", len(text)) + text + body


def header(descr: str = "'|u1'", shape: str = "(1, 28, 28)") -> str:
    return f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}"


def code_of(data: bytes) -> str:
    with pytest.raises(OwnDigitsError) as refused:
        from_npz(data)
    assert refused.value.sentence() == str(refused.value)
    return refused.value.code


ONE = npy(header(shape="(1,)"), b"\3")
IMAGE = npy(header(), bytes(784))


@given(digits())
def test_a_file_holds_what_was_kept(kept: Digits) -> None:
    back = from_npz(to_npz(kept))
    assert back.images.tobytes() == kept.images.tobytes()
    assert back.labels.tobytes() == kept.labels.tobytes()
    assert len(back) == len(kept)


def test_numpy_alone_reads_the_file() -> None:
    kept = some_digits(5)
    with np.load(io.BytesIO(to_npz(kept)), allow_pickle=False) as arrays:
        assert sorted(arrays) == ["images", "labels"]
        assert (arrays["images"] == kept.images).all()
        assert (arrays["labels"] == kept.labels).all()


def test_a_file_that_numpy_alone_wrote_is_read() -> None:
    kept = some_digits(3)
    columns_first = np.asfortranarray(kept.images)
    back = from_npz(file_of(labels=kept.labels, images=columns_first, something_else=np.zeros(3)))
    assert (back.images == kept.images).all()


@pytest.mark.parametrize("dtype", ["int64", ">i4", "uint16", "int8"])
def test_labels_may_be_integers_of_any_size(dtype: str) -> None:
    """`np.array([3, 1, 4])` is int64: nobody should have to know that files want uint8."""
    kept = some_digits(MAX_DIGITS)
    back = from_npz(file_of(images=kept.images, labels=kept.labels.astype(dtype)))
    assert back.labels.dtype == np.uint8
    assert (back.labels == kept.labels).all()


def test_black_on_white_is_inverted_and_counted() -> None:
    images = load_images("mnist").x_test
    labels = load_images("mnist").y_test
    inverted = images.copy()
    inverted[::3] = 255 - inverted[::3]
    back, count = white_on_black(Digits(images=inverted, labels=labels))
    assert count == len(images[::3])
    assert (back.images == images).all()
    assert white_on_black(Digits(images=images, labels=labels))[1] == 0


def test_as_many_as_can_be_kept_are_read_packed_or_not() -> None:
    kept = some_digits(MAX_DIGITS)
    for data in (to_npz(kept), file_of(images=kept.images, labels=kept.labels)):
        assert len(from_npz(data)) == MAX_DIGITS


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "format"),
        (b"\x89PNG\r\n\x1a\n", "format"),
        (to_npz(some_digits(3))[:-40], "format"),
        (file_of(labels=np.zeros(1, np.uint8)), "missing"),
        (file_of(images=np.zeros((1, 28, 28), np.uint8)), "missing"),
        (file_of(images=np.zeros((1, 28, 28)), labels=np.zeros(1, np.uint8)), "images"),
        (file_of(images=np.zeros((1, 27, 28), np.uint8), labels=np.zeros(1, np.uint8)), "images"),
        (file_of(images=np.zeros((28, 28), np.uint8), labels=np.zeros(1, np.uint8)), "images"),
        (file_of(images=np.zeros((1, 1, 28, 28), np.uint8), labels=np.zeros(1, np.uint8)), "images"),
        (file_of(images=np.zeros((1, 28, 28), np.uint8), labels=np.zeros(1, np.float32)), "labels"),
        (file_of(images=np.zeros((1, 28, 28), np.uint8), labels=np.zeros(1, np.bool_)), "labels"),
        (file_of(images=np.zeros((1, 28, 28), np.uint8), labels=np.full(1, -1, np.int64)), "labels"),
        (file_of(images=np.zeros((1, 28, 28), np.uint8), labels=np.full(1, 259, np.int64)), "labels"),
        (file_of(images=np.zeros((1, 28, 28), np.uint8), labels=np.zeros(2, np.uint8)), "labels"),
        (file_of(images=np.zeros((1, 28, 28), np.uint8), labels=np.full(1, 10, np.uint8)), "labels"),
        (file_of(images=np.zeros((0, 28, 28), np.uint8), labels=np.zeros(0, np.uint8)), "none"),
        (to_npz(some_digits(MAX_DIGITS + 1)), "many"),
        (bytes(LARGEST + 1), "large"),
    ],
)
def test_what_is_no_such_file_is_refused(data: bytes, code: str) -> None:
    assert code_of(data) == code


@pytest.mark.parametrize(
    ("images", "labels", "code"),
    [
        (npy(header(shape="(1000000, 28, 28)"), bytes(784)), ONE, "format"),  # claims more than there is
        (npy(header(shape="(-1, 28, 28)"), bytes(784)), ONE, "format"),
        (npy(header(shape="(1, 28, 28), 3"), bytes(784)), ONE, "format"),
        (npy(header(shape="(" + "1," * 4000 + ")"), bytes(784)), ONE, "images"),
        (npy(header(descr="'|O'"), pickle.dumps(1)), ONE, "images"),
        (npy(header(descr="[[]]"), bytes(784)), ONE, "format"),
        (npy("{'descr': (", bytes(784)), ONE, "format"),
        (npy("(" * 5000, bytes(784)), ONE, "format"),
        (npy("{[]: 1}", bytes(784)), ONE, "format"),
        (npy("{1: 2, 'a': 3}", bytes(784)), ONE, "format"),
        (npy(header(), bytes(784), version=b"\7\0"), ONE, "format"),
        (IMAGE + b"\0", ONE, "format"),
        (IMAGE, pickle.dumps([1]), "format"),
        (IMAGE, npy(header(shape="()"), b"\3"), "labels"),
    ],
)
def test_arrays_that_lie_about_themselves_are_refused(images: bytes, labels: bytes, code: str) -> None:
    assert len(from_npz(zipped(images=IMAGE, labels=ONE))) == 1
    assert code_of(zipped(images=images, labels=labels)) == code


def test_a_pickle_is_never_run() -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return pytest.fail, ("it was run",)

    trap = np.array([Trap()], object)
    assert code_of(file_of(images=trap, labels=trap)) == "images"
    assert code_of(zipped(images=pickle.dumps(Trap()), labels=ONE)) == "format"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    unpacked = npy(header(shape="(1000000, 28, 28)"), bytes(10**8))
    bomb = zipped(images=unpacked, labels=ONE)
    assert len(bomb) < LARGEST
    assert code_of(bomb) == "large"
    true, said = struct.pack("<L", len(unpacked)), struct.pack("<L", 1000)
    assert bomb.count(true) == 2
    tracemalloc.start()
    assert code_of(bomb.replace(true, said)) == "format"
    assert tracemalloc.get_traced_memory()[1] < LARGEST, "nothing is unpacked beyond the size that is stated"
    tracemalloc.stop()


@given(st.binary(max_size=300))
@example(b"PK\5\6" + bytes(18))
def test_any_bytes_are_refused_with_a_sentence(data: bytes) -> None:
    assert code_of(data) in SENTENCES


WHOLE = to_npz(some_digits(3))


@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_file_is_read_or_refused(place: int, noise: bytes) -> None:
    try:
        back = from_npz(WHOLE[:place] + noise + WHOLE[place + len(noise) :])
    except OwnDigitsError as error:
        assert error.sentence()  # noqa: PT017
    else:
        assert len(back) == 3


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_refusal_is_said_in_either_language(code: str) -> None:
    error = OwnDigitsError(code, "float64 (3, 28)")
    assert "{" not in str(error)
    assert "{" not in error.sentence(translator("ko"))
