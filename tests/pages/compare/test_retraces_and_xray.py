"""The retrace detective and the X-ray show what the store holds; their buttons request exactly the chosen options."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.core.i18n import LANGUAGES
from lib.core.studies.configs import RetraceConfig, StudyConfig, XrayConfig
from lib.core.studies.events import Began, Called, Xrayed
from lib.core.studies.works import CASES, EXAMPLES
from lib.core.tracing.retraces import CAUSES
from lib.core.training.events import Failed, Finished, Stopped
from lib.runs.db.store import Store
from lib.ui.compare.retrace.view import CASE, FILE
from lib.ui.compare.xray.view import DETAIL, DETAIL_WORDS, EXAMPLE
from lib.ui.shell.visitor import COOKIE, known_by
from lib.ui.widgets.source import source
from tests.pages.visiting import ROOT, english_left, words_in, words_on, works
from tests.waiting import PATIENCE

both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))
every_case = pytest.mark.parametrize("case", list(CASES))

BEGAN = Began(
    machine="Some Machine",
    processors=2,
    memory=8 * 2**30,
    threads=2,
    device="Some Processor",
    versions={"tensorflow": "2.21.0"},
    load=0.1,
    busy=0.0,
    rounds=0,
)


Tell = Callable[..., str]


@pytest.fixture
def owner(request: pytest.FixtureRequest) -> str:
    """A separate visitor for each test: the tests of a module share a store."""
    return f"visitor of {request.node.name}"


@pytest.fixture
def tell(store: Store, owner: str) -> Tell:
    """Creates a study of this visitor with the given events; returns its id."""

    def told(config: StudyConfig, events: Iterable[Any] = (), by: str = owner) -> str:
        study_id = store.create_study(config, owner=known_by(by)).id
        happened = list(events)
        if happened:
            store.claim(study_id, "server/host:1/a")
        for event in happened:
            store.append(study_id, event)
        return study_id

    return told


def open_part(part: str, owner: str, lang: str = "en", **chosen: str) -> AppTest:
    """The section of the Compare page, with these choices made before it is drawn.

    Made later, AppTest would send them by their English names, whatever the page's language.
    """
    visitor = AppTest.from_file(ROOT / "lib" / "ui" / "shell" / "frame.py", default_timeout=PATIENCE)
    for key, value in ({COOKIE: owner} | chosen).items():
        visitor.session_state[key] = value
    visitor.query_params["lang"], visitor.query_params["show"] = lang, part
    visitor.switch_page("../../../pages/compare.py").run()
    assert works(visitor)
    return visitor


def alts(visitor: AppTest) -> list[str]:
    return [chart.proto.alt for chart in visitor.get("plotly_chart")]


# ---- the detective


def calls(*causes: str, milliseconds: float = 20.0) -> list[Called]:
    """Calls that traced for these causes; those with '' did not trace and took a fortieth of the time."""
    made = []
    for number, cause in enumerate(causes, start=1):
        made.append(
            Called(
                number=number,
                call=f"square_of(x, {number})",
                signature=f"n: int {number}",
                traced=bool(cause),
                functions=sum(map(bool, causes[:number])),
                time=round(milliseconds * 1e6 * (1 if cause else 1 / 40)),
                cause=cause,
                differences=(("n", f"int {number - 1}", f"int {number}"),) if cause not in ("", "first") else (),
            )
        )
    return made


WRITTEN = [BEGAN, *calls("first", "value", "value"), Finished(step=3, reason="calls")]
FIXED = [BEGAN, *calls("first", "", ""), Finished(step=3, reason="calls")]


@both_languages
@every_case
def test_before_any_call_there_is_an_explanation_both_codes_and_a_button(case: str, lang: str, owner: str) -> None:
    visitor = open_part("retraces", owner, lang, **{CASE: case})
    assert not visitor.get_by_key("retrace_start").disabled
    assert [code.value for code in visitor.code] == [source(FILE, case), source(FILE, f"{case}_fixed")]
    assert alts(visitor) == []
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


@every_case
@pytest.mark.parametrize(("button", "fixed"), [("retrace_start", False), ("retrace_fix", True)])
def test_a_button_asks_for_exactly_the_case_chosen(
    case: str, button: str, fixed: bool, owner: str, store: Store
) -> None:
    visitor = open_part("retraces", owner, **{CASE: case})
    visitor.get_by_key(button).click().run()
    assert works(visitor)
    (study,) = store.studies("retrace", owner=known_by(owner))
    assert study.config == RetraceConfig(case=case, fixed=fixed)
    assert study.is_open
    assert "[waiting]" in words_in(visitor, "retrace_status")
    assert visitor.get_by_key("retrace_fix").disabled
    visitor.get_by_key("retrace_stop").click().run()
    assert store.study(study.id).is_over


@both_languages
def test_both_versions_are_side_by_side_with_what_the_fix_saved(lang: str, owner: str, tell: Tell) -> None:
    tell(RetraceConfig(), WRITTEN)
    tell(RetraceConfig(fixed=True), FIXED)
    visitor = open_part("retraces", owner, lang)
    saved = words_in(visitor, "retrace_saving")
    assert all(number in saved for number in ("40.0 ms", "60.0 ms", "20.0 ms", "3 → 1"))
    said = words_in(visitor, "retrace_result")
    assert "`n: int 1 → int 2`" in said
    assert len(alts(visitor)) == 2
    assert all("20.0 ms" in alt for alt in alts(visitor))
    written, fixed = (table.value for table in visitor.dataframe)
    assert written.iloc[:, 3].tolist() == [20.0, 20.0, 20.0]
    assert fixed.iloc[:, 3].tolist() == [20.0, 0.5, 0.5]
    assert written.iloc[:, 2].tolist() == [True] * 3
    assert fixed.iloc[:, 5].tolist() == [1, 1, 1]
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


def test_only_one_version_is_shown_alone(owner: str, tell: Tell) -> None:
    tell(RetraceConfig(case="shape"), WRITTEN)
    visitor = open_part("retraces", owner, **{CASE: "shape"})
    assert len(alts(visitor)) == 1
    assert "saved" not in "\n".join(words_on(visitor))
    other = open_part("retraces", owner, **{CASE: "dtype"})
    assert alts(other) == [], "another case has not been called"


@pytest.mark.parametrize("cause", list(CAUSES))
@both_languages
def test_every_cause_is_said_in_words(cause: str, lang: str, owner: str, tell: Tell) -> None:
    tell(RetraceConfig(), [BEGAN, *calls("first", cause)])
    visitor = open_part("retraces", owner, lang)
    assert works(visitor)
    assert len(visitor.dataframe[0].value) == 2
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


@pytest.mark.parametrize(
    "events",
    [
        [BEGAN],
        [BEGAN, *calls("first")],
        [BEGAN, *calls("first", ""), Stopped(step=2)],
        [BEGAN, Failed(step=0, reason="error", detail="no such thing")],
        [Stopped(step=0)],
    ],
)
def test_an_investigation_can_be_looked_at_whatever_came_of_it(events: list[Any], owner: str, tell: Tell) -> None:
    tell(RetraceConfig(), events)
    visitor = open_part("retraces", owner)
    assert len(alts(visitor)) == any(isinstance(event, Called) for event in events)


def test_nobody_sees_anothers_calls(owner: str, tell: Tell) -> None:
    tell(RetraceConfig(), WRITTEN, by="somebody else")
    assert alts(open_part("retraces", owner)) == []


# ---- the X-ray

HLO = """HloModule one

ENTRY %one (x: f32[]) -> f32[] {
  %x = f32[] parameter(0)
  %a = f32[] add(%x, %x)
  ROOT %b = f32[] multiply(%a, %a)
}
"""
FUSED = """HloModule one

%fused_computation (p: f32[]) -> f32[] {
  ROOT %p = f32[] parameter(0)
}

ENTRY %one (x: f32[]) -> f32[] {
  ROOT %b = f32[] fusion(%x), kind=kLoop, calls=%fused_computation
}
"""
SMALL = Xrayed(
    source="def small(x):\n    return x + x\n",
    converted="def tf__small(x):\n    return x + x\n",
    nodes=(("x", "_Arg", ""), ("add", "AddV2", ""), ("exp", "Exp", ""), ("out", "_Retval", "")),
    edges=((0, 1), (0, 2), (1, 3)),
    optimised_nodes=(("x", "_Arg", ""), ("add", "AddV2", ""), ("out", "_Retval", "")),
    optimised_edges=((0, 1), (1, 2)),
    hlo=HLO,
    optimised_hlo=FUSED,
)
LAYERS = ("conv1", "flatten", "d1", "gradient_tape/d1", "gradient_tape/conv1", "Adam")
LARGE = Xrayed(
    source="def large(x):\n" + "    x = x + x\n" * 40,
    converted="def tf__large(x):\n" + "    x = x + x\n" * 40,
    nodes=(
        ("pixels", "_Arg", ""),
        ("w", "_Arg", "variables"),
        *((f"{layer}/{i}", "MatMul", layer) for layer in LAYERS for i in range(20)),
        ("out", "_Retval", ""),
    ),
    edges=tuple((i, i + 1) for i in range(2 + 20 * len(LAYERS))),
    optimised_nodes=(("pixels", "_Arg", ""), ("loop", "Enter", "while/body"), ("back", "NextIteration", "while/body")),
    optimised_edges=((0, 1), (1, 2), (2, 1)),
    hlo="",
    optimised_hlo="",
    hlo_error="Detected unsupported operations",
)


def looked(seen: Xrayed) -> list[Any]:
    return [BEGAN, seen, Finished(step=1, reason="looked")]


@pytest.mark.parametrize("example", list(EXAMPLES))
def test_a_press_asks_for_the_example_chosen(example: str, owner: str, store: Store) -> None:
    visitor = open_part("xray", owner, **{EXAMPLE: example})
    visitor.get_by_key("xray_start").click().run()
    assert works(visitor)
    (study,) = store.studies("xray", owner=known_by(owner))
    assert study.config == XrayConfig(example=example)
    assert "[waiting]" in words_in(visitor, "xray_status")
    store.stop(study.id)


@both_languages
@pytest.mark.parametrize("example", list(EXAMPLES))
def test_before_the_first_look_there_is_an_explanation_and_a_button(example: str, lang: str, owner: str) -> None:
    visitor = open_part("xray", owner, lang, **{EXAMPLE: example})
    assert not visitor.get_by_key("xray_start").disabled
    assert alts(visitor) == []
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


@both_languages
def test_an_xray_shows_code_graphs_counts_and_sizes(lang: str, owner: str, tell: Tell) -> None:
    tell(XrayConfig(example="arithmetic"), looked(SMALL))
    visitor = open_part("xray", owner, lang, **{EXAMPLE: "arithmetic"})
    assert [code.value for code in visitor.code] == [
        text.strip("\n") for text in (SMALL.source, SMALL.converted, HLO, FUSED)
    ]
    assert [int(alt.partition("4" if i == 0 else "3")[1]) for i, alt in enumerate(alts(visitor))] == [4, 3]
    operations, sizes = (table.value for table in visitor.dataframe)
    assert operations.iloc[0].tolist() == ["Exp", 1, 0, "-1"]
    assert sizes.iloc[:, 1].tolist() == ["2", "0", "0", "0", "3", "1", str(len(HLO))]
    assert sizes.iloc[:, 2].tolist() == ["1", "1", "0", "0", "2", "2", str(len(FUSED))]
    assert "`Exp` 1 → 0" in words_in(visitor, "xray_result")
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


@both_languages
def test_a_large_graph_begins_with_an_overview(lang: str, owner: str, tell: Tell) -> None:
    tell(XrayConfig(), looked(LARGE))
    visitor = open_part("xray", owner, lang)
    assert visitor.get_by_key(DETAIL).value == "overview"
    assert f"{len(LAYERS) + 2}" in alts(visitor)[0]
    assert "Detected unsupported operations" in words_in(visitor, "xray_result")
    if lang == "ko":
        assert english_left(words_on(visitor)) == []


@pytest.mark.parametrize("detail", list(DETAIL_WORDS))
def test_each_detail_can_be_chosen(detail: str, owner: str, tell: Tell) -> None:
    tell(XrayConfig(), looked(LARGE))
    visitor = open_part("xray", owner)
    visitor.get_by_key(DETAIL).set_value(detail).run()
    assert works(visitor)
    assert visitor.get_by_key(DETAIL).value == detail
    nodes = {"overview": len(LAYERS) + 2, "main": len(LARGE.nodes) - 1, "all": len(LARGE.nodes)}
    assert f"drawn as {nodes[detail]} nodes" in alts(visitor)[0]


def test_a_small_graph_is_shown_whole_after_a_large_one(owner: str, tell: Tell) -> None:
    tell(XrayConfig(), looked(LARGE))
    tell(XrayConfig(example="loop"), looked(SMALL))
    visitor = open_part("xray", owner)
    visitor.get_by_key(EXAMPLE).set_value("loop").run()
    assert works(visitor)
    assert visitor.get_by_key(DETAIL).value == "all"
    assert len(visitor.get_by_key(DETAIL).options) == 2


@pytest.mark.parametrize("events", [[BEGAN], [BEGAN, Stopped(step=0)], [Failed(step=0, reason="worker_died")]])
def test_an_xray_can_be_looked_at_whatever_came_of_it(events: list[Any], owner: str, tell: Tell) -> None:
    tell(XrayConfig(), events)
    visitor = open_part("xray", owner)
    assert alts(visitor) == []
    assert words_in(visitor, "xray_status")
