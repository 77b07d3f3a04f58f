"""A/A on the page: its request, its text while running, and the resulting share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.core.benchmark.aa_trials import ROUNDS, SIDES, trials_of
from lib.core.i18n import LANGUAGES, translator
from lib.core.studies.configs import AaConfig
from lib.core.studies.events import Measured, Prepared, Sampled
from lib.core.training.events import Finished
from lib.runs.db.store import Store
from lib.runs.model.run import Status
from lib.ui.shell.visitor import known_by
from tests.pages.compare.comparisons import BEGAN
from tests.pages.conftest import own_home
from tests.pages.visiting import english_left, there, visit, words_in, words_on, works

both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))
CONFIG = AaConfig(work="tiny_ops")
MS = 1_000_000


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    """Every test here begins without studies."""
    with own_home(tmp_path) as folder:
        yield folder


def comparison(factor: float, rounds: int = ROUNDS) -> Iterator[Prepared | Sampled]:
    """The events of a comparison in which B takes `factor` times as long as A, up to its first `rounds` rounds."""
    for side in SIDES:
        yield Prepared(size=CONFIG.size, mode=side, tracing=0, first=1, traces=1, steps=1)
    for number in range(1, rounds + 1):
        wobble = 1 + 0.01 * (-1) ** number * (number % 5)
        times = (10 * MS, round(10 * MS * factor * wobble))
        block = 1 + 2 * (number - 1) // ROUNDS
        yield Sampled(
            size=CONFIG.size, round=number, modes=SIDES, times=times, starts=(0, 1), block=block, planned=ROUNDS
        )


def told(store: Store, *factors: float, cut: int = 0, over: bool = True) -> AaConfig:
    """Records an A/A of visitor one: comparisons with these factors, and `cut` rounds of one more."""
    study_id = store.create_study(CONFIG, owner=known_by("one")).id
    store.claim(study_id, "server/host:1/a")
    events: list[object] = [BEGAN]
    for factor in factors:
        events += comparison(factor)
    events += comparison(1.0, cut) if cut else ()
    events += [Measured(load=0.1, busy=0.0), Finished(step=1, reason="rounds")] if over else ()
    for event in events:
        store.append(study_id, event)  # type: ignore[arg-type]
    return CONFIG


def open_aa(lang: str = "en") -> AppTest:
    return visit("compare", lang=lang, work="tiny_ops", show="aa")


@both_languages
def test_a_press_runs_the_mode_against_itself(lang: str, store: Store) -> None:
    visitor = open_aa(lang)
    assert works(visitor)
    visitor.get_by_key("compare_aa_mode").set_value("xla").run()
    visitor.get_by_key("compare_aa").click().run()
    assert works(visitor)
    (study,) = store.studies("compare_aa")
    assert (study.config, study.status) == (AaConfig(work="tiny_ops", mode="xla"), Status.WAITING)
    assert words_in(visitor, "compare_aa_status").startswith("`[waiting]`")
    assert there(visitor, "compare_aa_stop")
    visitor.get_by_key("compare_aa_stop").click().run()
    assert store.study(study.id).is_over
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


@both_languages
def test_the_share_of_mistakes_is_said_with_its_interval(lang: str, store: Store) -> None:
    """Of four comparisons one is a tenth off; the fifth was cut short and does not count."""
    told(store, 1.0, 1.1, 1.0, 1.0, cut=12)
    visitor = open_aa(lang)
    assert works(visitor)
    text = translator(lang)(
        "Called different from itself: {different} of {count} times, {share} (95 % interval {low} to {high})."
    ).format(different=1, count=4, share="25 %", low="5 %", high="70 %")  # Wilson's interval of 1 in 4: 0.046 to 0.699
    assert text in words_in(visitor, "compare_aa_result")
    (rows,) = [table.value for table in visitor.dataframe]
    assert len(rows) == 4
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


@both_languages
def test_while_it_goes_on_it_says_how_far_it_is(lang: str, store: Store) -> None:
    told(store, 1.0, 1.0, cut=7, over=False)
    visitor = open_aa(lang)
    said = words_in(visitor, "compare_aa_status")
    expected = translator(lang)("comparison {number}, round {round} of {rounds}")
    assert expected.format(number=3, round=7, rounds=ROUNDS) in said
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


def test_recorded_events_are_all_that_it_takes(store: Store) -> None:
    told(store, 1.0, 1.2)
    (study,) = store.studies("compare_aa")
    events = [event for _, event in store.events(study.id)]
    trials = trials_of(CONFIG, events)
    assert (trials.different, len(trials.ratios)) == (1, 2)
