"""A setting parses the text of links and widgets, and refuses invalid parts one by one."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.settings import Setting, read_values
from lib.core.studies.configs import (
    CompareConfig,
    StudyError,
    TooFewModes,
    UnknownSetting,
    compare_settings,
    read_compare,
)
from lib.core.studies.works import WORKS
from lib.ui.widgets.form import from_widget, to_widget

SIZES = Setting(kind=int, label="Sizes: {unit}", unit="rows", low=1, high=1000, several=True)
MODES = Setting(kind=str, label="Modes", options={"eager": "Eager", "graph": "Graph"}, several=True)
every_work = pytest.mark.parametrize("work", list(WORKS))


@given(st.lists(st.integers(1, 1000), min_size=1).map(tuple))
def test_several_numbers_go_through_a_link_and_a_widget_unchanged(sizes: tuple[int, ...]) -> None:
    good, refused = read_values({"sizes": SIZES.to_text(sizes)}, lambda _good: {"sizes": SIZES}, refusal)
    assert (good, refused) == ({"sizes": sizes}, [])
    assert from_widget(SIZES, to_widget(SIZES, sizes)) == sizes


@given(st.lists(st.sampled_from(list(MODES.options)), min_size=1).map(tuple))
def test_several_names_do_so_too(modes: tuple[str, ...]) -> None:
    assert read_values({"modes": MODES.to_text(modes)}, lambda _good: {"modes": MODES}, refusal) == (
        {"modes": modes},
        [],
    )
    assert from_widget(MODES, to_widget(MODES, modes)) == modes


def refusal(name: str, value: object, setting: Setting | None) -> StudyError:
    return StudyError(name, value, setting.allowed) if setting else UnknownSetting(name)


def test_of_several_the_good_ones_apply_and_each_other_is_refused() -> None:
    good, refused = read_values({"sizes": "0, 10, ten,, 3.0"}, lambda _good: {"sizes": SIZES}, refusal)
    assert good == {"sizes": (10, 3)}
    assert [error.value for error in refused] == ["0", "ten"]
    assert refused[0].sentence() == "sizes must be a whole number from 1 to 1000, but 0 was given."


def test_what_a_widget_holds_that_is_no_number_stays_for_the_refusal_to_name() -> None:
    assert from_widget(SIZES, "1, a, 2e1") == (1, "a", 20)


def test_a_label_says_what_is_counted() -> None:
    assert SIZES.title() == "Sizes: rows"
    assert MODES.title() == "Modes"


@every_work
def test_every_field_of_a_comparison_is_a_setting(work: str) -> None:
    settings = compare_settings(work)
    assert settings.keys() == {field.name for field in dataclasses.fields(CompareConfig)}
    for setting in settings.values():
        assert setting.label
        assert all(setting.allows(value) for value in setting.allowed)


@every_work
@pytest.mark.parametrize("name", ["depth", "modes", "sizes", "seed"])
def test_what_its_setting_refuses_a_comparison_refuses(work: str, name: str) -> None:
    setting = compare_settings(work)[name]
    for value in ("no such thing", int(setting.high) + 1, True, None, 0.5):
        with pytest.raises(StudyError) as refused:
            CompareConfig(**{"work": work, name: (value,) if setting.several else value})
        assert (refused.value.name, refused.value.value) == (name, value)
        assert refused.value.allowed == setting.allowed


@every_work
def test_modes_and_sizes_of_a_link_are_those_of_its_work(work: str) -> None:
    of = WORKS[work]
    link = {"sizes": str(of.highest), "modes": ",".join(of.modes[:2]), "work": work, "lang": "ko"}
    config, refused = read_compare(link, {"lang"}.__contains__)
    assert refused == []
    assert config == CompareConfig(work=work, sizes=(of.highest,), modes=of.modes[:2])
    assert set(config.changes()) <= {"work", "sizes", "modes"}


def test_one_mode_alone_is_refused_and_the_usual_ones_apply() -> None:
    config, (refused,) = read_compare({"modes": "eager", "seed": "7"})
    assert isinstance(refused, TooFewModes)
    assert config == CompareConfig(seed=7)
