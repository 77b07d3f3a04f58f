"""A visitor brings code: it is upgraded, what is wrong and gone is named, and odd code is told so. Nothing is kept."""

import pytest
from streamlit.testing.v1 import AppTest

from lib.core.i18n import LANGUAGES, translator
from lib.core.upgrade.examples import EXAMPLES
from lib.core.upgrade.instead import INSTEAD
from lib.core.upgrade.refusals import UpgradeError
from lib.runs.db.store import Store
from tests.pages.visiting import english_left, there, visit, words_in, works

both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))


def upgraded(code: str, lang: str = "en") -> AppTest:
    """The page after this code was pasted and Upgrade pressed."""
    visitor = visit("tour", lesson="api", lang=lang)
    visitor.get_by_key("upgrade_code").set_value(code).run()
    visitor.get_by_key("upgrade_run").click().run()
    assert works(visitor)
    return visitor


def diffs(visitor: AppTest) -> list[str]:
    return [block.value for block in visitor.code if block.language == "diff"]


def test_an_example_is_there_and_another_may_be_chosen() -> None:
    visitor = visit("tour", lesson="api")
    assert works(visitor)
    assert visitor.get_by_key("upgrade_code").value == EXAMPLES["session"][1]
    assert diffs(visitor) == []
    visitor.get_by_key("upgrade_example").set_value("keras").run()
    assert visitor.get_by_key("upgrade_code").value == EXAMPLES["keras"][1]


@both_languages
def test_the_tools_mistake_is_named_with_what_to_write(lang: str) -> None:
    visitor = upgraded(EXAMPLES["keras"][1], lang)
    (diff,) = diffs(visitor)
    assert "+model.compile(tf.keras.optimizers.legacy.Adam(1e-3)" in diff
    assert words_in(visitor, "upgrade_wrong").count("tf.keras.optimizers.Adam") == 2
    words = words_in(visitor, "upgrade_result")
    assert lang == "en" or [each for each in english_left([words]) if "." not in each[0]] == []


@both_languages
def test_what_is_still_gone_is_listed_with_what_to_write(lang: str) -> None:
    _ = translator(lang)
    words = words_in(upgraded(EXAMPLES["layers"][1], lang), "upgrade_missing")
    for name in ("tf.layers.dense", "tf.estimator.Estimator", "tf.contrib.slim"):
        assert name in words
    assert _(INSTEAD["tf.layers"]) in words
    assert _(INSTEAD["tf.estimator"]) in words


@both_languages
@pytest.mark.parametrize(
    ("code", "error"),
    [
        (" ", UpgradeError("empty")),
        ("print 'x'", UpgradeError("python_2", line=1, near="print 'x'")),
        ("<b>**x**", UpgradeError("no_python", line=1, near="<b>**x**")),
    ],
)
def test_odd_code_is_told_so_as_text(code: str, error: UpgradeError, lang: str) -> None:
    visitor = upgraded(code, lang)
    (shown,) = visitor.error
    said = error.sentence(translator(lang))
    assert shown.value.replace("\\", "").replace("\u2060", "") == said
    assert visitor.get_by_key("upgrade_code").value == code
    assert diffs(visitor) == []


def test_a_name_that_looks_like_markdown_stays_text() -> None:
    words = words_in(upgraded("import tensorflow as tf\ntf.__a__.__b__()\n"), "upgrade_missing")
    assert r"tf.\_\_a\_\_.\_\_b\_\_" in words


def test_another_code_makes_the_result_an_old_one() -> None:
    visitor = upgraded("import tensorflow as tf\ntf.Session()\n")
    assert "Still of the code before" not in words_in(visitor, "upgrade_result")
    visitor.get_by_key("upgrade_code").set_value("x = 1").run()
    assert "Still of the code before" in words_in(visitor, "upgrade_result")
    assert len(diffs(visitor)) == 1


def test_a_file_is_put_into_the_field_and_one_that_is_no_text_is_named() -> None:
    visitor = visit("tour", lesson="api")
    visitor.get_by_key("upgrade_file").upload("old.py", "tf.Session()\n".encode("utf-16"), "text/x-python").run()
    assert works(visitor)
    assert visitor.get_by_key("upgrade_code").value == "tf.Session()\n"
    visitor.get_by_key("upgrade_file").upload("odd.py", b"\x80\x81", "text/x-python").run()
    (shown,) = visitor.error
    assert "odd.py" in shown.value
    assert visitor.get_by_key("upgrade_code").value == "tf.Session()\n", "nothing is lost"


def test_nothing_of_it_is_stored(store: Store) -> None:
    before = [study.id for study in store.studies("tour", limit=200)]
    visitor = upgraded("import tensorflow as tf\ntf.Session()\n")
    assert there(visitor, "upgrade_missing")
    assert [study.id for study in store.studies("tour", limit=200)] == before
    assert "code" not in visitor.query_params


@both_languages
def test_the_names_of_the_notes_have_what_to_write_instead(lang: str) -> None:
    words = words_in(visit("tour", lesson="api", lang=lang), "tour_output_names_of_the_notes")
    for name in ("tf.Session", "tf.placeholder", "tf.global_variables_initializer"):
        assert f"`{name}`: {translator(lang)(INSTEAD[name])}" in words
    assert "`tf.control_dependencies`" not in words, "it is still there"


@both_languages
def test_the_table_of_names_is_searched(lang: str) -> None:
    visitor = visit("tour", lesson="api", lang=lang)
    (table,) = [each for each in visitor.dataframe if len(each.value) > 1000]
    assert "tf.Session" in table.value.iloc[:, 0].tolist()
    visitor.get_by_key("tour_api_find").set_value("Layers dense").run()
    assert works(visitor)
    assert [each for each in visitor.dataframe if len(each.value) > 1000] == []
    visitor.get_by_key("tour_api_find").set_value("global_variables_init").run()
    assert "`tf.global_variables_initializer` → `tf.compat.v1.global_variables_initializer`" in words_in(
        visitor, "tour_output_every_renamed_name"
    )


def test_the_names_that_are_gone_with_their_new_one_are_found() -> None:
    visitor = visit("tour", lesson="api")
    visitor.get_by_key("tour_api_fate").set_value("gone").run()
    (table,) = visitor.dataframe
    names = table.value.iloc[:, 0].tolist()
    assert "tf.layers.BatchNormalization" in names
    assert "tf.Session" not in names
    assert set(table.value.iloc[:, 1]) == {"gone"}
