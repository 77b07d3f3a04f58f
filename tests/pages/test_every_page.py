"""Every page opens, in both languages, with any link."""

import re
from typing import Any

import pytest

from lib.core.i18n import LANGUAGES, translator
from lib.core.training.config import SETTINGS, SettingError, TrainConfig
from lib.core.untrusted import beginning
from lib.runs.db.store import Store
from lib.ui.shell.plain import as_text
from tests.pages.visiting import PAGES, english_left, there, visit, words_in, words_on, works

NAMES = [path.stem for path in PAGES]
every_page = pytest.mark.parametrize("page", NAMES)
both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))


@every_page
@both_languages
def test_a_page_opens_under_its_own_name(page: str, lang: str) -> None:
    """Each file in pages/ is in the menu, is opened by its link, and has its menu's name as title."""
    visitor = visit(page, lang=lang)
    assert works(visitor)
    opened = visitor._registered_pages[visitor._finished_page_script_hash]
    assert str(opened["script_path"]).endswith(f"/pages/{page}.py")
    name = opened["page_name"]
    assert name == translator(lang)(page.capitalize())
    assert [title.value for title in visitor.title] == ["TF2 Lab" if page == "home" else name]
    assert visitor.get_by_key("lang").value == lang


@every_page
def test_nothing_english_is_left_on_a_korean_page(page: str) -> None:
    assert english_left(words_on(visit(page, lang="ko"))) == []
    assert english_left(words_on(visit(page, lang="en"))) != []


@every_page
def test_the_browsers_language_is_taken_where_the_link_names_none(page: str) -> None:
    for locale, lang in (("ko-KR", "ko"), ("en-GB", "en"), ("fr-FR", "en")):
        visitor = visit(page, locale=locale)
        assert visitor.get_by_key("lang").value == lang
        assert "lang" not in visitor.query_params
    assert visit(page, locale="ko-KR", lang="en").get_by_key("lang").value == "en"


@every_page
@pytest.mark.parametrize("linked", [True, False])
def test_a_switch_that_has_lost_its_value_has_it_again(page: str, linked: bool) -> None:
    visitor = visit(page, locale="ko-KR", **({"lang": "ko"} if linked else {}))
    visitor.get_by_key("lang").set_value(None).run()
    assert works(visitor)
    assert visitor.get_by_key("lang").value == "ko"
    assert english_left(words_on(visitor)) == []
    if linked:
        assert visitor.query_params["lang"] == "ko"


@every_page
def test_a_language_that_is_not_there_is_named_and_the_page_opens_all_the_same(page: str) -> None:
    visitor = visit(page, lang="xx")
    assert works(visitor)
    (warning,) = visitor.warning
    assert warning.value == "There is no language “xx” here; there are en, ko."


@both_languages
def test_a_switch_of_language_keeps_every_setting(lang: str) -> None:
    (other,) = set(LANGUAGES) - {lang}
    visitor = visit("train", lang=other, network="mlp", schedule="cosine", execution="xla", epochs="9")
    visitor.get_by_key("lang").set_value(lang).run()
    assert works(visitor)
    settings = TrainConfig(**{name: visitor.get_by_key(name).value for name in SETTINGS})
    assert settings == TrainConfig(network="mlp", schedule="cosine", execution="xla", epochs=9)
    assert not visitor.get_by_key("train_start").disabled


@every_page
@both_languages
def test_a_switch_of_language_is_kept_by_the_link(page: str, lang: str) -> None:
    visitor = visit(page, locale="en-US")
    (other,) = set(LANGUAGES) - {lang}
    visitor.get_by_key("lang").set_value(other).run()
    visitor.get_by_key("lang").set_value(lang).run()
    assert works(visitor)
    assert visitor.query_params["lang"] == lang
    assert bool(english_left(words_on(visitor))) == (lang == "en")


def test_settings_come_from_the_link_and_stay_in_it() -> None:
    visitor = visit("train", epochs="2", batch_size="64", learning_rate="0.0025", execution="eager")
    values = {name: visitor.get_by_key(name).value for name in SETTINGS}
    assert TrainConfig(**values).changes() == {
        "epochs": 2,
        "batch_size": 64,
        "learning_rate": 0.0025,
        "execution": "eager",
    }
    assert visitor.query_params == {"epochs": "2", "batch_size": "64", "learning_rate": "0.0025", "execution": "eager"}
    visitor.get_by_key("epochs").set_value(5).run()
    assert "epochs" not in visitor.query_params, "what is a default needs no place in the link"
    visitor.get_by_key("network").set_value("mlp").run()
    assert visitor.query_params["network"] == "mlp"


@both_languages
def test_refused_values_are_named_and_the_good_ones_apply(lang: str) -> None:
    refused = {"epochs": "0", "network": "huge", "learning_rate": "nan", "colour": "red", "train_size": "ten"}
    visitor = visit("train", lang=lang, batch_size="64", **refused)
    assert works(visitor)
    said = words_in(visitor, "refused")
    for name, value in refused.items():
        assert SettingError(name, value).sentence(translator(lang)) in said
    assert visitor.get_by_key("batch_size").value == 64
    assert visitor.get_by_key("epochs").value == TrainConfig().epochs
    assert not visitor.get_by_key("train_start").disabled
    assert visitor.query_params == {"lang": lang, "batch_size": "64"}
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


@both_languages
@pytest.mark.parametrize("run", ["nowhere", "한글", "<b>", "x" * 500, "**", "' OR 1=1 --"])
def test_a_link_to_a_run_that_is_not_there_says_so(run: str, lang: str, store: Store) -> None:
    visitor = visit("train", lang=lang, run=run)
    assert works(visitor)
    (warning,) = visitor.warning
    assert f"“{as_text(beginning(run))}”" in warning.value
    assert re.match(r"`\[none\]`", words_in(visitor, "run_status"))
    assert store.runs() == []


def test_walking_between_pages_keeps_language_and_settings() -> None:
    visitor = visit("train", lang="ko", batch_size="64")
    for page in (*NAMES, "train"):
        visitor.switch_page(f"../../../pages/{page}.py").run()
        assert works(visitor)
        assert visitor.get_by_key("lang").value == "ko"
    assert visitor.get_by_key("batch_size").value == 64


MARKS = {"fbclid": "IwAR0", "gclid": "Cj0", "utm_source": "mail", "UTM_Medium": "x", "msclkid": "1", "NaPm": "ct%3D"}


@every_page
@both_languages
def test_marks_that_count_visitors_are_passed_over_without_a_word(page: str, lang: str) -> None:
    visitor = visit(page, lang=lang, **MARKS)
    assert works(visitor)
    assert list(visitor.warning) == []
    said = " ".join(words_on(visitor)).lower()
    assert [name for name in MARKS if name.lower() in said] == []


def test_they_keep_nothing_else_from_applying() -> None:
    visitor = visit("train", epochs="3.0", batch_size="6.4e1", **MARKS)
    assert (visitor.get_by_key("epochs").value, visitor.get_by_key("batch_size").value) == (3, 64)
    assert list(visitor.warning) == []
    visitor = visit("compare", work="matmul", sizes="64.0,1e2", seed="7.0", **MARKS)
    assert (visitor.get_by_key("compare_sizes").value, visitor.get_by_key("compare_seed").value) == ("64, 100", 7)
    assert list(visitor.warning) == []


@both_languages
@pytest.mark.parametrize("part", ["junk", "한글", "<b>", "x" * 500, "MEASURE"])
def test_a_link_to_a_part_that_is_not_there_says_so(part: str, lang: str) -> None:
    visitor = visit("compare", lang=lang, show=part)
    assert works(visitor)
    (warning,) = visitor.warning
    assert f"“{as_text(beginning(part))}”" in warning.value
    assert "measure, retraces, xray, history, aa, code" in warning.value
    assert visitor.get_by_key("compare_section").value == "measure"
    assert english_left([warning.value]) == [] or lang == "en"


SETTINGS_FILES = {
    "Notepad": ('{"epochs": 7.0, "batch_size": 6.4e1}'.encode("utf-16"), ""),
    "marked": ('{"epochs": 7, "batch_size": 64}'.encode("utf-8-sig"), ""),
    "half": (b'{"epochs": 7, "batch_size": 64, "seed": 3.5}', "3.5"),
    "deep": (b"[" * 200_000, "lesson.json"),
    "twice": (b'{"epochs": 1, "epochs": 2}', "epochs"),
    "binary": (b"\xff\xfe\x00\xd8{", "lesson.json"),
    "list": (b"[1]", "lesson.json"),
    "name": (b'{"\\ud800![x](https://evil.example/x.png)": 1}', r"\[x\]"),
}


@both_languages
@pytest.mark.parametrize("kind", list(SETTINGS_FILES))
def test_a_settings_file_is_taken_or_refused_in_words(kind: str, lang: str) -> None:
    content, named = SETTINGS_FILES[kind]
    visitor = visit("train", lang=lang, batch_size="64")
    visitor.get_by_key("settings_upload").set_value(("lesson.json", content, "application/json")).run()
    assert works(visitor)
    assert visitor.get_by_key("batch_size").value == (32 if kind == "name" else 64)
    if kind in ("Notepad", "marked", "half"):
        assert visitor.get_by_key("epochs").value == 7
    assert there(visitor, "refused") == bool(named)
    if named:
        assert named in words_in(visitor, "refused")
    assert lang == "en" or english_left(words_on(visitor)) == []


def by_default(widget: Any) -> bool:
    """Whether a browser shows the widget's value where its message brings none: as the value by default."""
    default = widget.proto.default
    match widget.type:
        case "button_group":
            return list(default) == list(widget.indices)
        case "selectbox":
            return bool(default == widget.index)
        case "slider" | "select_slider":
            return list(default) == [widget.options.index(str(widget.value))]
        case _:
            return bool(default == widget.value)


@pytest.mark.parametrize(
    ("page", "link"),
    [
        (
            "train",
            {"epochs": "2", "learning_rate": "0.0025", "execution": "eager", "network": "mlp", "schedule": "cosine"},
        ),
        ("compare", {"work": "train_step", "modes": "eager,graph", "sizes": "7,8", "depth": "quick", "seed": "5"}),
        ("compare", {"show": "xray", "lang": "ko"}),
        ("tour", {"lesson": "step", "batch_size": "7"}),
    ],
)
def test_a_value_that_the_link_set_is_the_widgets_default(page: str, link: dict[str, str]) -> None:
    """A browser that gets two versions of a widget at once mounts the second, which does not bring the value."""
    visitor = visit(page, **link).run()
    assert works(visitor)
    fields = ("number_input", "text_input", "selectbox", "button_group", "checkbox", "toggle")
    widgets = [widget for kind in fields for widget in visitor.get(kind) if widget.value not in (None, [])]
    assert len(widgets) > 3
    assert [widget.key for widget in widgets if not by_default(widget)] == []
