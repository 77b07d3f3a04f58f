"""Earlier comparisons are listed, overlaid, reopened, and imported from a file."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.core.benchmark.comparison import comparison_of
from lib.core.benchmark.comparison_files import references, to_json
from lib.core.i18n import LANGUAGES, translator
from lib.runs.db.store import Store
from tests.pages.compare.comparisons import STORIES, tell
from tests.pages.conftest import own_home
from tests.pages.visiting import english_left, visit, words_in, words_on, works

both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    """Every test here begins without comparisons."""
    with own_home(tmp_path) as folder:
        yield folder


def history(work: str = "tiny_ops", **about: str) -> AppTest:
    """The page with the earlier comparisons of a work."""
    visitor = visit("compare", show="history", **about)
    visitor.get_by_key("compare_history_work").set_value(work).run()
    assert works(visitor)
    return visitor


def offered(visitor: AppTest, work: str = "tiny_ops") -> list[str]:
    return visitor.get_by_key(f"compare_overlaid_{work}").options


def recorded(work: str) -> int:
    return sum(reference.comparison.config.work == work for reference in references())


def table(visitor: AppTest) -> dict[str, list[Any]]:
    (overlaid,) = visitor.dataframe
    return overlaid.value.to_dict("list")


def test_those_of_the_work_are_offered_and_two_are_laid_over_one_another(store: Store) -> None:
    tell(store, "finished, training")
    tell(store, "stopped, at once")
    tell(store, "finished")
    tell(store, "stopped, halfway", owner="another")
    visitor = history()
    assert len(offered(visitor)) == 2 + recorded("tiny_ops"), "of that work, and only where something was measured"
    assert "somebody else's" in offered(visitor)[0]
    mode, newest, before = table(visitor)
    assert mode == "mode"
    for column, story in ((newest, "stopped, halfway"), (before, "finished")):
        comparison = comparison_of(*STORIES[story])
        assert table(visitor)[column] == [timing.median for timing in comparison.timings]


def test_only_mine(store: Store) -> None:
    tell(store, "finished", owner="one")
    tell(store, "finished", owner="another")
    visitor = history(known_as="one")
    visitor.get_by_key("compare_only_mine").set_value(True).run()
    assert works(visitor)
    (mine,) = [name for name in offered(visitor) if "recorded" not in name]
    assert "yours" in mine


def test_an_earlier_one_is_opened_again(store: Store) -> None:
    study_id = tell(store, "finished")
    visitor = history()
    visitor.get_by_key(f"compare_open_{study_id}").click().run()
    assert works(visitor)
    assert visitor.query_params["compare"] == study_id
    assert words_in(visitor, "compare_status").startswith("`[finished]`")


@both_languages
def test_a_downloaded_comparison_comes_back(lang: str, store: Store) -> None:
    visitor = history(lang=lang)
    comparison = comparison_of(*STORIES["finished"])
    file = ("lesson.json", to_json(comparison).encode(), "application/json")
    visitor.get_by_key("compare_upload").set_value(file).run()
    assert works(visitor)
    medians = [median for median in table(visitor)["lesson.json"] if not math.isnan(median)]  # others have more modes
    assert medians == [timing.median for timing in comparison.timings]
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


@both_languages
@pytest.mark.parametrize("content", [b"{", b"[1]", json.dumps({"format": "another"}).encode(), b"\xff\xfe"])
def test_a_file_that_is_no_comparison_is_refused_in_words(content: bytes, lang: str, store: Store) -> None:
    visitor = history(lang=lang)
    before = len(visitor.warning)
    visitor.get_by_key("compare_upload").set_value(("other.json", content, "application/json")).run()
    assert works(visitor)
    assert len(visitor.warning) == before + 1
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


@both_languages
def test_a_work_without_comparisons_says_so(lang: str, store: Store) -> None:
    visitor = history("convolution", lang=lang)
    if not recorded("convolution"):
        said = translator(lang)("There is no comparison of this work yet: {work}.").split("{")[0]
        assert any(said in info.value for info in visitor.info)
    if lang == "ko":
        assert english_left(words_on(visitor)) == []
