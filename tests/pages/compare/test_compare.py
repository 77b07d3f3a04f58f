"""The Compare page shows what the store holds and lib.core computes, at every stage of a comparison."""

import dataclasses
import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.core.benchmark.comparison import Comparison, comparison_of
from lib.core.benchmark.comparison_words import summary
from lib.core.benchmark.factor_words import effect_words, lesson, lesson_of_sizes
from lib.core.benchmark.factors import effects
from lib.core.benchmark.intervals import FEWEST
from lib.core.benchmark.labels import as_fast, factors, mode_short
from lib.core.benchmark.one_off_costs import interval
from lib.core.benchmark.pitfalls import ELSEWHERE, SWITCHES, careless, flipped
from lib.core.i18n import LANGUAGES, translator
from lib.core.studies.configs import CompareConfig, RetraceConfig
from lib.core.studies.events import Sampled
from lib.core.studies.works import WORKS
from lib.core.untrusted import beginning
from lib.runs.db.store import Store
from lib.runs.model.run import Study
from lib.ui.compare.pitfalls_text import FLIPS
from lib.ui.compare.sections import TITLES as SECTIONS
from lib.ui.compare.sections import code_of
from lib.ui.compare.views import VIEWS
from lib.ui.shell import services
from lib.ui.shell.plain import as_text
from lib.ui.shell.visitor import known_by
from lib.ui.widgets.source import source
from lib.ui.widgets.theme import MODE_COLOURS
from tests.pages import stories
from tests.pages.compare.comparisons import BEGAN, MEASURED_SOMETHING, OVER, STORIES, SWEEP, TINY, tell
from tests.pages.visiting import charts_on, english_left, visit, words_in, words_on, works

every_story = pytest.mark.parametrize("story", list(STORIES))
both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))
GUESS = 4.0


@dataclass(frozen=True)
class Shown:
    """A comparison with a story's events, and the page that shows it."""

    study: Study
    comparison: Comparison
    page: AppTest


Look = Callable[..., Shown]


def look_at(story: str, lang: str = "en", **link: str) -> Shown:
    """A new page for the story; clicks on it affect no other test."""
    store = services.store()
    study_id = tell(store, story, guess=GUESS)
    study = store.study(study_id)
    assert isinstance(study.config, CompareConfig)
    events = [event for _, event in store.events(study_id)]
    page = visit("compare", lang=lang, compare=study_id, **link)
    return Shown(study, comparison_of(study.config, events), page)


@pytest.fixture(scope="module")
def look() -> Look:
    """The page for a story's comparison, opened once for all tests that only read it."""
    return functools.cache(look_at)


def points(visitor: AppTest, colour: str) -> Iterator[list[float]]:
    """The times in every trace of this colour."""
    (chart,) = charts_on(visitor)
    for trace in chart["spec"]["traces"]:
        if colour == trace.get("marker", {}).get("color"):
            yield trace["x"]


def choose(visitor: AppTest, view: str) -> AppTest:
    return visitor.get_by_key("compare_view").set_value(view).run()


def table(visitor: AppTest, column: str) -> dict[str, list[Any]]:
    """The table with this column."""
    (found,) = [table.value for table in visitor.dataframe if column in table.value.columns]
    return found.to_dict("list")


@every_story
@both_languages
def test_the_status_comes_first(story: str, lang: str, look: Look) -> None:
    shown = look(story, lang)
    assert works(shown.page)
    status = story.partition(",")[0]
    assert shown.study.status == status
    said = words_in(shown.page, "compare_status")
    assert said.startswith(f"`[{status}]` ")
    assert said.split("]` ")[1].strip(), "a status without a sentence"
    if lang == "ko":
        assert english_left(words_on(shown.page)) == []


@every_story
def test_stop_is_there_while_it_goes_on_and_start_afterwards(story: str, look: Look) -> None:
    shown = look(story)
    buttons = {button.key for button in shown.page.button}
    assert ("compare_stop" in buttons) == shown.study.is_open
    assert ("compare_start" in buttons) == shown.study.is_over


@every_story
def test_who_did_not_start_it_watches(story: str) -> None:
    study_id = tell(services.store(), story, owner="one")
    visitor = visit("compare", known_as="another", compare=study_id)
    assert works(visitor)
    buttons = {button.key for button in visitor.button}
    assert "compare_stop" not in buttons
    assert "compare_start" in buttons
    assert "somebody else" in " ".join(words_on(visitor)).lower()


@pytest.mark.parametrize("story", OVER)
@both_languages
def test_all_that_can_be_said_is_said(story: str, lang: str, look: Look) -> None:
    """Every sentence of the summary, first of all the lesson and then the winner; doubts are not hidden."""
    shown = look(story, lang)
    said, _ = words_in(shown.page, "compare_result").replace("\\~", "~"), translator(lang)
    assert "~" not in words_in(shown.page, "compare_words").replace("\\~", ""), "what is between two is struck out"
    for sentence in summary(shown.comparison, _):
        assert sentence in said
    size = shown.comparison.config.sizes[-1]
    ranked = [timing for timing in shown.comparison.at(size) if timing.ranked]
    if len(ranked) > 1:
        lines = [line for line in said.splitlines() if line.strip()]
        (first,) = [number for number, line in enumerate(lines) if line.startswith("##### ")]
        taught = lesson_of_sizes if shown.comparison.config.is_sweep else functools.partial(lesson, size=size)
        if len(shown.comparison.timings) > 3:  # of a sweep that was stopped there may be one size only
            assert lines[first] == f"##### {taught(shown.comparison, _=_)}"
        assert mode_short(min(ranked, key=lambda timing: timing.median).mode, _) in lines[first + 1]
    for effect in effects(shown.comparison, size):
        assert effect_words(effect, _) in said
    doubtful = shown.comparison.busy or shown.comparison.done < 1
    assert doubtful == any(box.value for box in shown.page.warning)


@pytest.mark.parametrize("story", MEASURED_SOMETHING)
def test_the_chart_holds_every_sample_and_its_median(story: str, look: Look) -> None:
    shown = look(story)
    if shown.comparison.config.is_sweep:
        shown = look_at(story)
        choose(shown.page, "samples")
    size = shown.comparison.timings[-1].size
    for timing in shown.comparison.at(size):
        drawn = list(points(shown.page, MODE_COLOURS[timing.mode]))
        assert list(timing.samples) in drawn
        assert [timing.median] in drawn
    (chart,) = charts_on(shown.page)
    assert str(size) or chart["alt"]


def test_the_numbers_are_those_of_the_core(look: Look) -> None:
    shown = look_at("finished, training")
    choose(shown.page, "numbers")
    assert works(shown.page)
    shown_numbers = table(shown.page, "tracing, seconds")
    timings = shown.comparison.at(32)
    assert shown_numbers["mode"] == [mode_short(timing.mode, str) for timing in timings]
    assert shown_numbers["median, ms"] == [timing.median for timing in timings]
    assert shown_numbers["95 % from, ms"] == [timing.low for timing in timings]
    assert shown_numbers["95 % to, ms"] == [timing.high for timing in timings]
    assert shown_numbers["mode"][0] == "eager"
    for column, of in (("tracing, seconds", "tracing"), ("compiling, seconds", "compiling")):
        assert math.isnan(shown_numbers[column][0]), "eager has neither"
        assert shown_numbers[column][1:] == [getattr(timing, of) for timing in timings[1:]]
    ends = zip(shown_numbers["tracing from, seconds"][1:], shown_numbers["tracing to, seconds"][1:], strict=True)
    assert list(ends) == [interval(timing.tracings) for timing in timings[1:]]
    assert shown_numbers["samples"] == [len(timing.samples) for timing in timings]
    ratio = shown.comparison.ratio(32, "loop_xla", "eager")
    assert ratio is not None
    said = [float(text) for text in as_fast(ratio)]
    assert [shown_numbers[name][-1] for name in ("times as fast as eager", "… from", "… to")] == said
    assert said[0] == pytest.approx(1 / ratio.ratio, abs=ratio.high - ratio.low)


@pytest.mark.parametrize("story", ["finished, training", "finished, sweep", "stopped, sweep", "running, sweep"])
@both_languages
def test_every_view_opens_with_a_chart_in_words_too(story: str, lang: str) -> None:
    visitor = look_at(story, lang).page
    for view in VIEWS:
        if view == "sweep" and "sweep" not in story:
            continue
        choose(visitor, view)
        assert works(visitor), view
        assert visitor.get_by_key("compare_view").value == view
        assert all(chart["alt"] for chart in charts_on(visitor))
        if lang == "ko":
            assert english_left(words_on(visitor)) == [], view


def test_the_guess_is_drawn_and_held_against_what_was_measured(look: Look) -> None:
    shown = look("finished, training")
    eager = shown.comparison.timing(32, "eager")
    assert eager is not None
    (chart,) = charts_on(shown.page)
    (guess,) = [trace for trace in chart["spec"]["traces"] if trace.get("name") == "your guess"]
    assert guess["x"] == [pytest.approx(eager.median / GUESS)]
    ratio = shown.comparison.ratio(32, "graph", "eager")
    assert ratio is not None
    said = words_in(shown.page, "compare_result")
    assert f"graph is 4 times as fast as eager. Measured: {as_fast(ratio)[0]} times" in said


@pytest.mark.parametrize("left_out", [{"synchronisation"}, {"repetition"}, {"warm_up", "tracing"}])
def test_a_bad_benchmark_says_what_the_core_says_it_would(left_out: set[str]) -> None:
    shown = look_at("finished, training")
    choose(shown.page, "careless")
    for name in left_out:
        shown.page.get_by_key(f"careless_{name}").set_value(True)
    shown.page.run()
    assert works(shown.page)
    found = {one.mode: one.milliseconds for one in careless(shown.comparison, 32, frozenset(left_out))}
    modes = shown.comparison.config.modes
    assert table(shown.page, "careless, ms")["careless, ms"] == [found[mode] for mode in modes]
    turned = flipped(shown.comparison, 32, frozenset(left_out))
    said = words_in(shown.page, "careless_words")
    for kind, words in FLIPS.items():
        assert (words.split("{")[0] in said) == any(flip.kind == kind for flip in turned)
    for flip in turned:
        assert f"{mode_short(flip.mode, str)} and {mode_short(flip.other, str)}" in said
    assert turned or "Here that flips nothing" in said


@both_languages
def test_each_carelessness_flips_something_or_says_where_it_would(lang: str) -> None:
    shown, _ = look_at("finished, training", lang), translator(lang)
    choose(shown.page, "careless")
    said = words_in(shown.page, "careless_each")
    for name, label in SWITCHES.items():
        (line,) = [line for line in said.splitlines() if line.startswith(f"- **{_(label)}**")]
        alone = flipped(shown.comparison, 32, frozenset({name}))
        assert (_(ELSEWHERE[name]) in line) == (not alone)
        assert all(mode_short(flip.mode, _) in line for flip in alone)


def test_a_sweep_opens_with_its_own_view_though_another_was_chosen_for_one_size() -> None:
    """Whatever was looked at before: first the sweep is shown as one, and its newest size is marked."""
    one, sweep = (tell(services.store(), story) for story in ("finished", "finished, sweep"))
    visitor = visit("compare", compare=one)
    choose(visitor, "samples")
    visitor.query_params["compare"] = sweep
    visitor.run()
    assert visitor.get_by_key("compare_view").value == "sweep"
    choose(visitor, "samples")
    sizes = visitor.get_by_key(f"compare_size_{sweep}")
    assert sizes.value == SWEEP.sizes[-1]
    sizes.set_value(SWEEP.sizes[0]).run()
    assert visitor.get_by_key(f"compare_size_{sweep}").value == SWEEP.sizes[0]
    visitor.run()
    assert visitor.get_by_key(f"compare_size_{sweep}").value == SWEEP.sizes[0]


def test_times_as_fast_is_one_number_wherever_it_stands() -> None:
    """In the headline, the guess, the sentences and both columns: the paired estimate, rounded alike."""
    shown = look_at("finished, training")
    ratio = shown.comparison.ratio(32, "graph", "eager")
    assert ratio is not None
    times, low, high = as_fast(ratio)
    said = words_in(shown.page, "compare_result")
    assert f"Measured: {times} times (95 % interval {low} to {high})" in said
    assert f"{times} times as fast as eager ({low} to {high})" in words_in(shown.page, "compare_words")
    best = min(shown.comparison.at(32), key=lambda timing: timing.median).mode
    against = shown.comparison.ratio(32, best, "eager")
    assert against is not None
    assert f"That is {as_fast(against)[0]} times as fast as eager." in said
    choose(shown.page, "numbers")
    numbers = table(shown.page, "tracing, seconds")
    assert numbers["times as fast as eager"][1] == float(times)
    slowest = shown.comparison.ratio(32, "eager", best)
    assert slowest is not None
    expected = float(factors(slowest.ratio, slowest.low, slowest.high)[0])
    assert numbers["times as long as the fastest"][0] == expected


@pytest.mark.parametrize(
    ("work", "sizes", "shown"), [("tiny_ops", "100", True), ("tiny_ops", "30", False), ("matmul", "1024", False)]
)
def test_a_recorded_result_is_of_what_is_asked_for_or_there_is_none(work: str, sizes: str, shown: bool) -> None:
    visitor = visit("compare", work=work, sizes=sizes)
    visitor.get_by_key("compare_guess").set_value(3.0).run()
    said = words_in(visitor, "compare_reference")
    assert WORKS[work].label in said
    assert f": {int(sizes):,}" in said
    assert ("Recorded earlier" in said) == shown
    assert "compare_decline" not in {button.key for button in visitor.button}


@both_languages
def test_the_answer_is_hidden_until_a_guess_is_given_or_declined(lang: str) -> None:
    _ = translator(lang)
    answer = _("Recorded earlier, on another machine: {machine}. Start, and see what yours says.").split("{")[0]
    for press in ("guess", "decline"):
        visitor = visit("compare", lang=lang)
        hidden = words_in(visitor, "compare_reference")
        assert answer not in hidden
        assert not any(trace["x"] for chart in charts_on(visitor) for trace in chart["spec"]["traces"])
        if press == "guess":
            visitor.get_by_key("compare_guess").set_value(3.0).run()
        else:
            visitor.get_by_key("compare_decline").click().run()
        assert answer in words_in(visitor, "compare_reference")
        assert works(visitor)
        if lang == "ko":
            assert english_left(words_on(visitor)) == []


@pytest.mark.parametrize(
    ("lang", "times"), [("en", ("1 min", "5 min", "1 min 30 s")), ("ko", ("1분", "5분", "1분 30초"))]
)
def test_how_long_it_takes_is_said_before_start(lang: str, times: tuple[str, ...]) -> None:
    links = ({}, {"depth": "thorough"}, {"work": "tiny_ops", "sizes": "1,3,10"})
    for link, time in zip(links, times, strict=True):
        visitor = visit("compare", lang=lang, **link)
        text = translator(lang)(
            "Takes {time} at most, once the worker is ready: where it must be, fewer rounds are made. Only where even "
            "{fewest} of them do not fit, as on a very busy machine, does it take longer."
        ).format(time=time, fewest=2 * FEWEST)
        assert text in [caption.value for caption in visitor.caption]


@pytest.mark.parametrize(("view", "axes"), [("sweep", 3), ("break_even", 2)])
def test_an_axis_of_logarithms_says_so(view: str, axes: int) -> None:
    shown = look_at("finished, sweep")
    choose(shown.page, view)
    (chart,) = charts_on(shown.page)
    found = [axis for name, axis in chart["spec"]["layout"].items() if "axis" in name and axis.get("type") == "log"]
    assert len(found) == axes
    assert all("(logarithmic)" in axis["title"]["text"] for axis in found)


def test_the_machine_is_named_once() -> None:
    began = dataclasses.replace(BEGAN, device=BEGAN.machine)
    study = services.store().create_study(TINY, owner=known_by("one")).id
    services.store().claim(study, "server/host:1/a")
    for event in (began, *STORIES["finished"][1][1:]):
        services.store().append(study, event)
    visitor = visit("compare", compare=study)
    assert words_in(visitor, "compare_words").count(BEGAN.machine) == 1
    choose(visitor, "method")
    assert " ".join(words_on(visitor)).count(f"{BEGAN.machine} · {BEGAN.machine}") == 0


def test_disturbed_rounds_are_said_at_once() -> None:
    config, events = STORIES["finished"]
    study = services.store().create_study(config, owner=known_by("one")).id
    services.store().claim(study, "server/host:1/a")
    for event in events:
        if isinstance(event, Sampled) and event.round <= 5:
            event = dataclasses.replace(event, others=0.4, disturbed=True)
        services.store().append(study, event)
    visitor = visit("compare", compare=study)
    assert "Others used the machine in 5 of 30 rounds" in words_in(visitor, "compare_reservations")


def test_every_switch_is_there() -> None:
    shown = look_at("finished, training")
    choose(shown.page, "careless")
    assert {toggle.key for toggle in shown.page.toggle} >= {f"careless_{name}" for name in SWITCHES}


@both_languages
def test_before_anything_was_measured_there_is_something_to_see(lang: str) -> None:
    visitor = visit("compare", lang=lang)
    assert works(visitor)
    assert words_in(visitor, "compare_reference").strip()
    assert charts_on(visitor)
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


@pytest.mark.parametrize("section", list(SECTIONS))
@both_languages
def test_a_link_opens_each_part(section: str, lang: str) -> None:
    visitor = visit("compare", lang=lang, show=section)
    assert works(visitor)
    assert visitor.get_by_key("compare_section").value == section
    assert visitor.query_params.get("show") == (None if section == "measure" else section)
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


@pytest.mark.parametrize("work", ["train_step", "forward", "tiny_ops", "matmul", "convolution", "python_loop"])
def test_the_code_is_that_of_the_files(work: str) -> None:
    visitor = visit("compare", work=work)
    visitor.get_by_key("compare_section").set_value("code").run()
    assert works(visitor)
    assert [code.value for code in visitor.code] == [source(path, name) for _, path, name in code_of(work)]


@both_languages
@pytest.mark.parametrize("link", ["nowhere", "한글", "<b>", "x" * 500])
def test_a_link_to_a_comparison_that_is_not_there_says_so(link: str, lang: str, store: Store) -> None:
    visitor = visit("compare", lang=lang, compare=link)
    assert works(visitor)
    assert as_text(beginning(link)) in " ".join(warning.value for warning in visitor.warning)
    assert "compare" not in visitor.query_params
    assert not visitor.get_by_key("compare_start").disabled


def test_a_link_to_something_else_is_no_comparison(store: Store) -> None:
    training = stories.tell(store, "finished")
    retracing = store.create_study(RetraceConfig()).id
    for other in (training, retracing):
        visitor = visit("compare", compare=other)
        assert works(visitor)
        assert "compare" not in visitor.query_params
