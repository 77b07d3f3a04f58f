"""What is to be compared: the widgets, and the link that carries what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lib.core.benchmark.comparison_words import mode_label, mode_short
from lib.core.benchmark.intervals import FEWEST
from lib.core.i18n import mark
from lib.core.link_params import counts_visitors
from lib.core.studies.configs import DEPTHS, WORKS, CompareConfig, StudyConfig, StudyError, promised_seconds
from lib.core.training.config import whole_number
from lib.core.untrusted import beginning
from lib.ui.shell import plain
from lib.ui.shell.language import KEY as LANGUAGE
from lib.ui.shell.language import _, language
from lib.ui.widgets.text import duration

NOT_SETTINGS = {LANGUAGE, "compare", "show"}
"""What a link to the page carries besides settings."""
REFUSED = "compare_link_refused"
"""Where the session keeps what was refused of the link; there once it has been read."""
FIELDS = ("work", "depth", "modes", "sizes", "seed")
"""The settings by their names in a link, each after those that it depends on."""
SWEEP_MODES = ("eager", "graph", "xla", "session")
"""What a sweep measures unless something else is asked for: more would take too long."""

DEFAULT = CompareConfig()
"""What a link without settings asks for."""
NO_SUCH_SETTING = mark("There is no setting named {name}.")


def key(name: str) -> str:
    """The widget of a setting."""
    return f"compare_{name}"


def read_link(given: Mapping[str, str]) -> tuple[CompareConfig, list[StudyError | str]]:
    """The comparison that a link asks for, and what of the link was refused: all good values apply.

    A refusal is an error, or the name of something that is no setting.
    """
    good: dict[str, Any] = {}
    refused: list[StudyError | str] = [
        name for name in given if name not in FIELDS and name not in NOT_SETTINGS and not counts_visitors(name)
    ]
    for name in (name for name in FIELDS if name in given):
        for value in values_in(name, given[name]):
            wanted = (*good.get(name, ()), value) if name in ("modes", "sizes") else value
            try:
                CompareConfig(**good | {name: allowed_alone(name, wanted, good)})
                good[name] = wanted
            except StudyError as error:
                refused.append(error)
    try:
        return CompareConfig(**good), refused
    except StudyError as error:
        del good[error.name]
        return CompareConfig(**good), [*refused, error]


def values_in(name: str, text: str) -> list[Any]:
    """The values of a setting in a link: whole numbers where they are such, else the text as it is."""
    if name == "seed":
        return [number_in(text)]
    if name == "sizes":
        return [number_in(part) for part in parts_of(text)]
    return list(parts_of(text)) if name == "modes" else [text]


def parts_of(text: str) -> tuple[str, ...]:
    """What stands between commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def number_in(text: str) -> int | str:
    """The whole number that `text` says; `text` itself where it says none."""
    try:
        return whole_number(text)
    except ValueError:
        return text


def allowed_alone(name: str, wanted: Any, good: Mapping[str, Any]) -> Any:
    """`wanted`; a single mode with a second one added, since by itself it is no comparison yet, but may become one."""
    if name != "modes" or len(set(wanted)) > 1:
        return wanted
    others = [mode for mode in WORKS[good.get("work", DEFAULT.work)].modes if mode not in wanted]
    return (*wanted, others[0])


def to_link(config: CompareConfig) -> dict[str, str]:
    """The settings that differ from what a link without them means."""
    plain = CompareConfig(work=config.work)
    texts = {
        "work": config.work,
        "modes": ",".join(config.modes),
        "sizes": ",".join(map(str, config.sizes)),
        "depth": config.depth,
        "seed": str(config.seed),
    }
    same = {name for name in FIELDS if getattr(plain, name) == getattr(config, name) and name != "work"}
    if config.work == DEFAULT.work:
        same.add("work")
    return {name: text for name, text in texts.items() if name not in same}


def adopt(config: CompareConfig) -> None:
    """Puts `config` into the widgets that are drawn next."""
    st.session_state[key("work")] = config.work
    st.session_state[key("depth")] = config.depth
    st.session_state[key("modes")] = list(config.modes)
    st.session_state[key("sizes")] = ", ".join(map(str, config.sizes))
    st.session_state[key("seed")] = config.seed


def adopt_link(shown: StudyConfig | None) -> None:
    """Takes the settings of the link this visitor came by, once; a link without any brings those of `shown`."""
    if REFUSED in st.session_state:
        return
    given = st.query_params.to_dict()
    config, refused = read_link(given)
    st.session_state[REFUSED] = refused
    adopt(shown if isinstance(shown, CompareConfig) and not set(given) & set(FIELDS) else config)


def show_refusals() -> None:
    """Says what was refused of the link."""
    refused: list[StudyError | str] = st.session_state[REFUSED]
    if not refused:
        return
    with st.container(key="compare_refused"):
        plain.warning(*(why_of_link(one) for one in refused), _("Everything else applies."))


def why_of_link(refused: StudyError | str) -> str:
    """Why a value of the link is refused, or that there is no setting of this name."""
    if isinstance(refused, str):
        return _(NO_SUCH_SETTING).format(name=beginning(refused))
    return refused.sentence(_)


def write_link(config: CompareConfig) -> None:
    """Makes the address bar hold `config`."""
    given = st.query_params.to_dict()
    wanted = {name: value for name, value in given.items() if name in NOT_SETTINGS} | to_link(config)
    if given != wanted:
        st.query_params.from_dict(wanted)


def chosen() -> CompareConfig:
    """The comparison as the widgets hold it at this moment. Raises StudyError for a value that is refused."""
    modes = tuple(st.session_state[key("modes")])
    work = WORKS[st.session_state[key("work")]]
    if not modes:  # which would mean all of them
        raise StudyError("modes", "", work.modes)
    return CompareConfig(
        work=st.session_state[key("work")],
        depth=st.session_state[key("depth")],
        modes=modes,
        sizes=tuple(values_in("sizes", st.session_state[key("sizes")])),
        seed=st.session_state[key("seed")],
    )


def change_work() -> None:
    """Another work has other modes and sizes; a sweep stays a sweep."""
    begin_with(CompareConfig(work=st.session_state[key("work")]), st.session_state[key("sweep")])


def change_sweep() -> None:
    """One size, or the work's own sweep."""
    begin_with(CompareConfig(work=st.session_state[key("work")]), st.session_state[key("sweep")])


def begin_with(plain: CompareConfig, sweep: bool) -> None:
    """All modes of the work at its usual size, or the plain modes over all its sizes; depth and seed stay."""
    work = WORKS[plain.work]
    modes = [mode for mode in work.modes if mode in SWEEP_MODES or not sweep]
    st.session_state[key("modes")] = modes
    st.session_state[key("sizes")] = ", ".join(map(str, work.sweep if sweep else (work.size,)))


def why_refused(error: StudyError) -> str:
    """Why the widgets' values are refused; a single mode is no wrong one, there only has to be another."""
    if error.name == "modes":
        return _("Choose at least two ways of running it: a comparison needs something to compare with.")
    return error.sentence(_)


def chosen_if_allowed() -> CompareConfig | None:
    """The comparison as the widgets hold it; None where a value is refused."""
    try:
        return chosen()
    except StudyError:
        return None


def show_error() -> None:
    """Which value of the widgets is refused, if one is."""
    try:
        chosen()
    except StudyError as error:
        with st.container(key="compare_error"):
            plain.error(why_refused(error))


def show_time(config: CompareConfig) -> None:
    """How long it will take at most, before anybody starts it."""
    st.caption(
        _(
            "Takes {time} at most, once the worker is ready: where it must be, fewer rounds are made. Only where even "
            "{fewest} of them do not fit, as on a very busy machine, does it take longer."
        ).format(time=duration(promised_seconds(config)), fewest=2 * FEWEST)
    )


def first_fields() -> None:
    """The settings that everybody looks at."""
    follow_language()
    work_field()
    depth_field()


def further_fields() -> None:
    """The sweep, and what few need."""
    sweep_field()
    with st.popover(_("Modes, sizes, seed"), key="compare_more"):
        modes_field()
        sizes_field()


def follow_language() -> None:
    """Hands every value to its widget anew where the language has changed: a list would keep showing the old label."""
    if st.session_state.get("compare_labels_in") != language():
        for name in (key(name) for name in FIELDS):
            if name in st.session_state:
                st.session_state[name] = st.session_state[name]
        st.session_state["compare_labels_in"] = language()


def work_field() -> None:
    labels = {code: _(work.label) for code, work in WORKS.items()}
    st.selectbox(
        _("What is compared"),
        list(labels),
        key=key("work"),
        format_func=labels.__getitem__,
        on_change=change_work,
        width=300,
        persist_state="session",
    )


def depth_field() -> None:
    labels = {code: _(text) for code, text in DEPTHS.items()}
    st.segmented_control(
        _("How thoroughly"),
        list(labels),
        key=key("depth"),
        format_func=labels.__getitem__,
        required=True,
        persist_state="session",
    )


def sweep_field() -> None:
    """The switch between one size and many: it follows the sizes, whoever set them."""
    given = values_in("sizes", st.session_state[key("sizes")])
    st.session_state[key("sweep")] = len(set(given)) > 1
    st.toggle(
        _("Sweep over sizes"),
        key=key("sweep"),
        on_change=change_sweep,
        help=_("The same at several sizes, from tiny to large: where does a graph stop winning?"),
    )


def modes_field() -> None:
    work = WORKS[st.session_state[key("work")]]
    labels = {mode: mode_short(mode, _) for mode in work.modes}
    st.pills(
        _("Ways of running it"),
        list(labels),
        selection_mode="multi",
        key=key("modes"),
        format_func=labels.__getitem__,
        persist_state="session",
        help="\n".join(f"- {mode_label(mode, _)}" for mode in work.modes),
    )


def sizes_field() -> None:
    work = WORKS[st.session_state[key("work")]]
    with st.container(horizontal=True):
        st.text_input(
            _("Sizes: {unit}").format(unit=_(work.unit)),
            key=key("sizes"),
            width=380,
            help=_("From {low} to {high}; several with commas between them.").format(
                low=f"{work.lowest:,}", high=f"{work.highest:,}"
            ),
            persist_state="session",
        )
        st.number_input(
            _("Random seed"),
            key=key("seed"),
            step=1,
            width=200,
            help=_("The same seed brings the same weights, the same data and the same order of the modes."),
            persist_state="session",
        )
