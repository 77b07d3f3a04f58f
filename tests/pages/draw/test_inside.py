"""Explanations: each view, in both languages, for the shipped model and for a run."""

import pytest

from lib.core.i18n import LANGUAGES
from lib.runs.db.store import Store
from lib.ui.draw.explain.view import SHOW, VIEWS
from tests.pages.draw.drawing import FOUR, ONE, SCRIBBLE, beside, draw
from tests.pages.draw.test_models import CONFIG, RUNNING, always, keep
from tests.pages.stories import tell
from tests.pages.visiting import english_left, visit, words_in, words_on, works

AT_ONCE = ("layers", "pixels", "why_not")
"""Views that are ready at once; the others have their own test files."""


@pytest.mark.parametrize("lang", list(LANGUAGES))
@pytest.mark.parametrize("view", AT_ONCE)
def test_a_view_shows_the_digit_chosen(view: str, lang: str) -> None:
    visitor = draw(visit("draw", lang=lang), beside(FOUR, ONE), width=12)
    before = len(visitor.get("image"))
    visitor.get_by_key("draw_view").set_value(view).run()
    assert works(visitor)
    assert len(visitor.get("image")) >= before + 2
    first = words_in(visitor, "draw_inside")
    visitor.get_by_key("draw_which").set_value(1).run()
    assert works(visitor)
    assert words_in(visitor, "draw_inside") != first
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


@pytest.mark.parametrize("view", AT_ONCE)
def test_a_run_has_views_too(view: str, store: Store) -> None:
    run_id = tell(store, RUNNING, CONFIG)
    keep(store, run_id, always(3, 10))
    visitor = draw(visit("draw", run=run_id), FOUR)
    visitor.get_by_key("draw_view").set_value(view).run()
    assert works(visitor)
    expected = {
        "layers": "16 units, 0 of them above 0",
        "pixels": "by up to 0.0 points",
        "why_not": "The network gives",
    }
    assert expected[view] in words_in(visitor, "draw_inside")


def test_every_view_can_be_chosen() -> None:
    assert list(SHOW) == list(VIEWS)
    assert set(AT_ONCE) < set(VIEWS)


def test_a_drawing_full_of_ink_can_be_covered_at_every_place() -> None:
    visitor = visit("draw")
    visitor.get_by_key("draw_row").set_value(False)
    for view in ("layers", "pixels"):
        draw(visitor, SCRIBBLE, width=30)
        visitor.get_by_key("draw_view").set_value(view).run()
        assert works(visitor)
    assert "by up to" in words_in(visitor, "draw_inside")


def test_why_not_compares_with_the_digit_asked_for() -> None:
    visitor = draw(visit("draw"), ONE)
    visitor.get_by_key("draw_view").set_value("why_not").run()
    visitor.get_by_key("draw_other").set_value(8).run()
    assert works(visitor)
    assert "Against the mean 8" in words_in(visitor, "draw_inside")


def test_of_several_models_one_is_looked_into(store: Store) -> None:
    run_id = tell(store, RUNNING, CONFIG)
    keep(store, run_id, always(3, 10))
    visitor = draw(visit("draw"), FOUR)
    visitor.get_by_key("draw_view").set_value("layers").run()
    with pytest.raises(KeyError):
        visitor.get_by_key("draw_inside_model")
    visitor.get_by_key("draw_models").set_value(["shipped", run_id]).run()
    assert works(visitor)
    assert "16 units" not in words_in(visitor, "draw_inside")
    visitor.get_by_key("draw_inside_model").set_value(run_id).run()
    assert works(visitor)
    assert "16 units, 0 of them above 0" in words_in(visitor, "draw_inside")
