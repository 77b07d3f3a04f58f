"""A page whose fragment is asked for after the script has ended, and before its last messages are sent."""

import threading

import streamlit as st
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime import get_instance
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import get_script_run_ctx


@st.fragment
def part() -> None:
    st.text("part")


def ask_when_ended(script: threading.Thread, session: AppSession, fragment: str) -> None:
    """Asks for the fragment. The event loop, which runs this, has sent nothing since the script went on."""
    script.join()
    session.request_rerun(ClientState(fragment_id=fragment))


def hold_the_loop() -> None:
    """From here on what the script draws waits for `ask_when_ended`."""
    context = get_script_run_ctx()
    assert context is not None
    (info,) = get_instance()._session_mgr.list_active_sessions()
    (fragment,) = context.shared.new_fragment_ids.snapshot()
    is_held = threading.Event()
    script = threading.current_thread()

    def held() -> None:
        is_held.set()
        ask_when_ended(script, info.session, fragment)

    info.session._event_loop.call_soon_threadsafe(held)
    is_held.wait()


st.text("begin")
part()
hold_the_loop()
st.text("end")
