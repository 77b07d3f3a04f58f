"""A whole class has a limit of runs, which keeps nobody from a first one."""

import pytest

from lib.core.i18n import LANGUAGES, translator
from lib.runs.db.store import Store
from tests.pages.classroom.together import ANNA, BEN, new_room
from tests.pages.stories import CONFIG
from tests.pages.visiting import english_left, visit, words_in, words_on


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_a_full_class_lets_nobody_start_a_second_run(store: Store, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF2LAB_RUNS_PER_ROOM", "2")
    room = new_room(store)
    for job in store.open_runs():  # those of the other language
        store.stop(job.id)
    for owner in (ANNA, ANNA):
        store.create_run(CONFIG, owner)
    visit("train", known_as="ben", lang=lang).get_by_key("train_start").click().run()
    assert len(store.open_runs_of(BEN)) == 1, "a first one"
    anna = visit("draw", known_as="anna", lang=lang)
    anna.switch_page("../../../pages/compare.py").run()
    anna.get_by_key("compare_start").click().run()
    assert "3" in words_in(anna, "compare_not_started")
    assert translator(lang)("Start") in "".join(words_on(anna))
    assert (english_left(words_on(anna)) == []) == (lang == "ko")
    assert store.classwork.open_count(room.id) == 3
    alone = visit("compare", known_as="in no room", lang=lang)
    alone.get_by_key("compare_start").click().run()
    assert store.studies("compare", limit=1)[0].room == ""
