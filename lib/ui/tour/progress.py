"""How far this visitor is: the answers they gave, kept by their own browser, and their last lesson.

The browser keeps both in its local storage, so they outlast a refresh, and the server stores nothing about them.
A browser that allows no storage keeps them as long as the tab is open.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from lib.core.tour.lessons import LESSONS

ANSWERS, PLACE, LEFT_AT, RECALLED = "tour_answers", "tour_place", "tour_left_at", "tour_recalled"
"""Session-state keys: the answers by lesson, the last lesson, the last of an earlier visit until another is opened, and
whether the browser has told what it kept."""

KEY = "tour_progress"

_component = st.components.v2.component(
    KEY,
    js="""
export default function ({ data, parentElement, setStateValue }) {
  clearInterval(parentElement.telling);
  let kept = {}, times = 0;
  try {
    kept = JSON.parse(localStorage.getItem("tf2lab_tour")) ?? {};
    // What it kept is told before it is written over.
    const [here] = Object.keys(data.place);
    const place = data.recalled && here ? { place: here } : {};
    localStorage.setItem("tf2lab_tour", JSON.stringify({ ...kept, ...data.answers, ...place }));
  } catch {}  // this browser keeps nothing, or something else lies there
  // Told again until the server has heard it: a page that is drawn twice at once may lose what the first one said.
  const tell = () => parentElement.isConnected && setStateValue("kept", { ...kept, told: ++times });
  if (!data.recalled) {
    tell();
    parentElement.telling = setInterval(tell, 2000);
  }
  return () => clearInterval(parentElement.telling);
}
""",
    isolate_styles=False,
)


def recall() -> None:
    """Exchanges answers and place with the browser. Drawn before anything that shows them."""
    take_in(getattr(st.session_state.get(KEY), "kept", None))
    here = {code: True} if (code := place()) else {}  # a name of the code, like those of the answers, and no word
    data = {"answers": dict(answered()), "place": here, "recalled": st.session_state.get(RECALLED, False)}
    _component(key=KEY, data=data, on_kept_change=lambda: None, height=1)


def take_in(kept: object) -> None:
    """What the browser has kept, once it has told it; what was answered since then counts for more."""
    if kept is None or st.session_state.get(RECALLED):
        return
    st.session_state[RECALLED] = True
    st.session_state[ANSWERS] = {**sensible(kept), **answered()}
    if (code := sensible_place(kept)) is not None:
        st.session_state[LEFT_AT] = code


def sensible(kept: object) -> dict[str, int]:
    """Those of a browser's answers that there are; what it says is not trusted."""
    given = kept if isinstance(kept, Mapping) else {}
    return {
        code: number
        for code, number in given.items()
        if code in LESSONS and type(number) is int and 0 <= number < len(LESSONS[code].answers)
    }


def sensible_place(kept: object) -> str | None:
    """The lesson that a browser names as its last, if there is such a lesson."""
    code = kept.get("place") if isinstance(kept, Mapping) else None
    return code if isinstance(code, str) and code in LESSONS else None


def answered() -> Mapping[str, int]:
    """The number of the answer that was given last, by the lesson's code."""
    found: dict[str, int] = st.session_state.setdefault(ANSWERS, {})
    return found


def keep_answer(code: str, number: int) -> None:
    """Remembers the answer to a lesson's question."""
    st.session_state[ANSWERS] = {**answered(), code: number}


def place() -> str | None:
    """The code of the lesson seen last; None at the first visit."""
    return st.session_state.get(PLACE)


def left_at() -> str | None:
    """The lesson at which an earlier visit ended, until the visitor opens another; None without one."""
    return st.session_state.get(LEFT_AT)


def forget_left_at() -> None:
    """The visitor has chosen a lesson."""
    st.session_state.pop(LEFT_AT, None)


def keep_place(code: str) -> None:
    """Remembers the lesson that is shown."""
    st.session_state[PLACE] = code
