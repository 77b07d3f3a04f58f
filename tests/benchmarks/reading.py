"""What is read right, wrong, or refused, for each kind of drawing and picture: python -m tests.benchmarks.reading

Every kind is drawn anew from its own seed, `--seed` and its name, by the synthetic hand of
`tests.core.drawing.kinds`. Tests use other seeds and few pictures. "refused" is an answer with a '?' where a digit
stands; what is no digit is right if it is refused. `--sets` adds the two sets of handwriting.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import statistics
import time
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

from lib.core.data.uploads import read_picture
from lib.core.statistics import wilson_interval
from tests.benchmarks.handwriting import SETS
from tests.benchmarks.reporting import load, machine, versions
from tests.core.drawing.kinds.case import Case
from tests.core.drawing.kinds.kinds import KINDS, answer, outcome


def cases(kind: str, seed: int, count: int) -> list[Case]:
    """`count` pictures of a kind."""
    random = np.random.default_rng((seed, zlib.crc32(kind.encode())))
    return [KINDS[kind](random) for _ in range(count)]


def handwritten(name: str, count: int) -> list[Case]:
    """The first `count` digits of a set of handwriting."""
    drawings = (one for one, _ in zip(SETS[name](), range(count), strict=False))
    return [Case(picture=one.picture, right=str(one.label)) for one in drawings]


def tell(name: str, found: list[Case], keep: Path | None) -> None:
    """Prints one line; keeps the pictures that were not read right."""
    began, outcomes = time.perf_counter(), []
    for number, case in enumerate(found):
        outcomes.append(outcome(case))
        if keep and outcomes[-1] != "right":
            file = f"{name}-{number}-{case.right}-as-{answer(case)}.png".replace(" ", "_").replace("?", "q")
            Image.fromarray(case.picture).save(keep / file)
    each = 1000 * (time.perf_counter() - began) / len(found)
    counted = Counter(outcomes)
    shares = "  ".join(f"{100 * counted[way] / len(found):5.1f} %" for way in ("right", "wrong", "refused"))
    low, high = wilson_interval(counted["right"], len(found))
    print(f"{name:32} {len(found):5}  {shares}   {low:.1%} to {high:.1%}  {each:6.1f} ms", flush=True)


def files() -> dict[str, bytes]:
    """A phone's picture of 12 to 50 million pixels, with the grain of a camera, in the forms that it may be sent."""
    random = np.random.default_rng(0)
    small = np.clip(random.normal(225, 6, (2142, 2856)), 0, 255).astype(np.uint8)
    small[500:1600, 1300:1400] = 40
    photo = Image.fromarray(small).convert("RGB").resize((5712, 4284))
    forms: dict[str, tuple[tuple[int, int], str, dict[str, object]]] = {
        "JPEG, 24 million pixels": ((5712, 4284), "JPEG", {"quality": 90}),
        "JPEG, 24 million, progressive": ((5712, 4284), "JPEG", {"quality": 90, "progressive": True}),
        "JPEG, 50 million": ((8160, 6120), "JPEG", {"quality": 85}),
        "JPEG, 12 million, fine": ((4000, 3000), "JPEG", {"quality": 98}),
        "WebP, 8 million": ((3264, 2448), "WEBP", {"quality": 90}),
        "PNG, 12 million": ((4000, 3000), "PNG", {"compress_level": 3}),
    }
    made = {}
    for name, (size, form, about) in forms.items():
        file = io.BytesIO()
        photo.resize(size).save(file, form, **about)
        made[name] = file.getvalue()
    return made


def taken(data: bytes) -> tuple[float, float]:
    """Milliseconds of the processor (the median of five) and most additional MB that reading a file takes."""
    before, seconds = peak(), []
    for _ in range(5):
        began = time.process_time()
        read_picture(data)
        seconds.append(time.process_time() - began)
    return 1000 * statistics.median(seconds), peak() - before


def peak() -> float:
    """The most memory that this process has had, in MB; only Linux tells it without counting the parent's."""
    (line,) = (line for line in Path("/proc/self/status").read_text("ascii").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def tell_files() -> None:
    for name, data in files().items():
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            milliseconds, megabytes = pool.apply(taken, (data,))
        print(
            f"{name:32} {len(data) / 2**20:6.1f} MB  {milliseconds:6.0f} ms of the processor  {megabytes:6.0f} MB more"
        )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=20, help="pictures of each kind")
    options.add_argument("--seed", type=int, default=15)
    options.add_argument("--kind", default="", help="only kinds whose name begins so")
    options.add_argument("--sets", action="store_true", help="the sets of handwriting too, ten times as many")
    options.add_argument("--files", action="store_true", help="only the time and memory of large files")
    options.add_argument("--keep", type=Path, help="a folder for the pictures that were not read right")
    given = options.parse_args()
    print(machine(), versions("ai-edge-litert", "numpy", "pillow"), f"before: {load()}", sep="\n")
    if given.files:
        return tell_files()
    print(f"{'kind':32} {'n':>5}  {'right':>7}  {'wrong':>7}  {'refused':>7}   right, 95 %     each")
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        if kind.startswith(given.kind):
            tell(kind, cases(kind, given.seed, given.count), given.keep)
    for name in SETS if given.sets else ():
        tell(name, handwritten(name, 10 * given.count), given.keep)
    print(f"after: {load()}")


if __name__ == "__main__":
    main()
