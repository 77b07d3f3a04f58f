"""Start requests exactly the comparison on the page; the link holds the settings; bad values are refused in words."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from lib.core.i18n import LANGUAGES, translator
from lib.core.studies.configs import CompareConfig, StudyError, TooFewModes, read_compare
from lib.core.studies.works import DEPTHS, WORKS
from lib.runs.db.store import Store
from lib.runs.model.run import Status, Study
from lib.ui.compare.settings import FORM
from lib.ui.shell.store_health import HEALTH_TEXT
from tests.pages.compare.comparisons import tell
from tests.pages.conftest import own_home
from tests.pages.test_trouble import held
from tests.pages.visiting import english_left, visit, words_in, words_on, works

both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Every test here begins without comparisons, and waits for no database."""
    monkeypatch.setattr("lib.runs.db.tables.BUSY_SECONDS", 0.05)
    with own_home(tmp_path) as folder:
        yield folder


@st.composite
def configs(draw: st.DrawFn) -> CompareConfig:
    name = draw(st.sampled_from(list(WORKS)))
    work = WORKS[name]
    return CompareConfig(
        work=name,
        modes=tuple(draw(st.lists(st.sampled_from(work.modes), min_size=2, unique=True))),
        sizes=tuple(draw(st.lists(st.integers(work.lowest, work.highest), max_size=5))),
        depth=draw(st.sampled_from(list(DEPTHS))),
        seed=draw(st.integers(0, 2**31 - 1)),
    )


def press(visitor: AppTest, key: str) -> AppTest:
    return visitor.get_by_key(key).click().run()


def only(store: Store) -> Study:
    (study,) = store.studies("compare")
    return study


@given(configs())
def test_every_comparison_goes_through_a_link_unchanged(config: CompareConfig) -> None:
    assert read_compare(FORM.link(config)) == (config, [])


@given(st.dictionaries(st.sampled_from(["work", "modes", "sizes", "depth", "seed", "colour"]), st.text(max_size=20)))
def test_whatever_a_link_says_there_is_a_comparison_to_begin_with(given_in_link: dict[str, str]) -> None:
    config, refused = read_compare(given_in_link)
    assert isinstance(config, CompareConfig)
    assert all(isinstance(one, (StudyError, str)) for one in refused)


def test_start_asks_for_what_the_link_said(store: Store) -> None:
    wanted = CompareConfig(work="tiny_ops", modes=("eager", "xla"), sizes=(3, 30), depth="thorough", seed=7)
    visitor = visit("compare", **FORM.link(wanted))
    press(visitor, "compare_start")
    assert works(visitor)
    study = only(store)
    assert (study.config, study.guess, study.status) == (wanted, None, Status.WAITING)
    assert visitor.query_params["compare"] == study.id
    assert words_in(visitor, "compare_status").startswith("`[waiting]`")


def test_a_change_and_start_in_one_go_starts_what_was_set(store: Store) -> None:
    visitor = visit("compare", work="tiny_ops")
    visitor.get_by_key("compare_sizes").set_value("5, 500")
    visitor.get_by_key("compare_guess").set_value(2.5)
    press(visitor, "compare_start")
    study = only(store)
    assert (study.config.sizes, study.guess) == ((5, 500), 2.5)


def test_another_work_brings_its_own_modes_and_sizes(store: Store) -> None:
    visitor = visit("compare", modes="fit,loop", sizes="64")
    visitor.get_by_key("compare_work").set_value("matmul").run()
    assert works(visitor)
    press(visitor, "compare_start")
    assert only(store).config == CompareConfig(work="matmul")


def test_the_sweep_is_the_works_own_in_the_plain_modes(store: Store) -> None:
    visitor = visit("compare")
    visitor.get_by_key("compare_sweep").set_value(True).run()
    press(visitor, "compare_start")
    config = only(store).config
    assert config == CompareConfig(modes=("eager", "graph", "xla", "session"), sizes=WORKS["train_step"].sweep)
    assert visitor.query_params["sizes"] == ",".join(map(str, config.sizes))


@both_languages
def test_refused_values_are_named_and_the_good_ones_apply(lang: str) -> None:
    visitor = visit(
        "compare", lang=lang, work="tiny_ops", modes="eager,graph,fit", sizes="0,10,ten", depth="slow", colour="red"
    )
    assert works(visitor)
    said, work = words_in(visitor, "compare_refused"), WORKS["tiny_ops"]
    for error in (
        StudyError("modes", "fit", work.modes),
        StudyError("sizes", 0, (work.lowest, work.highest)),
        StudyError("sizes", "ten", (work.lowest, work.highest)),
        StudyError("depth", "slow", tuple(DEPTHS)),
    ):
        assert error.sentence(translator(lang)) in said
    assert "colour" in said
    assert visitor.get_by_key("compare_modes").value == ["eager", "graph"]
    assert visitor.get_by_key("compare_sizes").value == "10"
    assert not visitor.get_by_key("compare_start").disabled
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


@both_languages
@pytest.mark.parametrize("mode", ["eager", "graph"])
def test_one_mode_alone_is_refused_with_all_that_there_are(lang: str, mode: str) -> None:
    """What was given is among what would be right: only another one has to join it."""
    visitor = visit("compare", lang=lang, modes=mode)
    assert works(visitor)
    said, every = words_in(visitor, "compare_refused"), ", ".join(WORKS["train_step"].modes)
    assert TooFewModes("modes", mode, WORKS["train_step"].modes).sentence(translator(lang)) in said
    assert every in said
    assert said.count(mode) >= 2


@both_languages
@pytest.mark.parametrize(
    ("name", "value"), [("sizes", "5000"), ("sizes", "a"), ("modes", ["eager"]), ("modes", []), ("seed", -1)]
)
def test_a_value_that_is_refused_says_so_and_nothing_starts(lang: str, name: str, value: object, store: Store) -> None:
    visitor = visit("compare", lang=lang, work="tiny_ops")
    visitor.get_by_key(f"compare_{name}").set_value(value).run()
    assert works(visitor)
    assert words_in(visitor, "compare_error").strip()
    assert visitor.get_by_key("compare_start").disabled
    if lang == "ko":
        assert english_left(words_on(visitor)) == []
    assert store.studies("compare") == []


@both_languages
@pytest.mark.parametrize("guess", [0.0, -1.0, 5000.0])
def test_a_guess_that_cannot_be_is_refused(lang: str, guess: float, store: Store) -> None:
    visitor = visit("compare", lang=lang)
    visitor.get_by_key("compare_guess").set_value(guess)
    press(visitor, "compare_start")
    assert f"{guess:g}" in words_in(visitor, "compare_not_started")
    assert store.studies("compare") == []


def test_stop_leaves_the_wish_or_ends_what_waits(store: Store) -> None:
    for story, is_over in (("waiting", True), ("running, some rounds", False)):
        study_id = tell(store, story)
        visitor = visit("compare", compare=study_id)
        press(visitor, "compare_stop")
        assert works(visitor)
        study = store.study(study_id)
        assert (study.is_over, study.requests.stop) == (is_over, not is_over)


def test_nobody_stops_what_is_not_theirs(store: Store) -> None:
    """Not even with a button that was drawn while the cookie was another."""
    study_id = tell(store, "running, some rounds", owner="one")
    visitor = visit("compare", compare=study_id, known_as="one")
    visitor.session_state["tf2lab_visitor"] = "another"
    press(visitor, "compare_stop")
    assert not store.study(study_id).requests.stop


def test_the_server_allows_only_so_many_at_a_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF2LAB_RUNS_PER_VISITOR", "1")
    tell(store, "waiting")
    visitor = visit("compare", known_as="one")
    press(visitor, "compare_start")
    assert "This server allows 1 at a time" in words_in(visitor, "compare_not_started")
    assert len(store.studies("compare")) == 1


def test_one_that_waits_says_its_place(store: Store) -> None:
    tell(store, "waiting", owner="another")
    visitor = visit("compare")
    press(visitor, "compare_start")
    assert "Number 2 in the queue" in words_in(visitor, "compare_status")
    assert words_in(visitor, "compare_reference").strip(), "something to look at meanwhile"


def test_start_on_a_locked_database_says_so_and_can_be_pressed_again(store: Store, home: Path) -> None:
    visitor = visit("compare", work="tiny_ops")
    with held(home):
        press(visitor, "compare_start")
        assert works(visitor)
        assert HEALTH_TEXT["database_locked"] in words_in(visitor, "compare_not_started")
    assert store.studies("compare") == []
    press(visitor, "compare_start")
    assert only(store).config == CompareConfig(work="tiny_ops")


def test_what_was_shown_is_there_again_on_the_way_back(store: Store) -> None:
    study_id = tell(store, "finished")
    visitor = visit("compare", compare=study_id)
    for page in ("home", "compare"):
        visitor.switch_page(f"../../../pages/{page}.py").run()
        assert works(visitor)
    assert visitor.query_params["compare"] == study_id
    assert words_in(visitor, "compare_status").startswith("`[finished]`")
    assert visitor.get_by_key("compare_work").value == "tiny_ops"
