"""Visits `page.py` by Streamlit's own runtime, and prints what its browser would show, one text a line.

With the argument `kept`, `keep_last_words` is called before.
"""

import asyncio
import sys
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime, RuntimeConfig
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.runtime import SessionClient

from lib.ui.shell.last_words import keep_last_words

PAGE = Path(__file__).with_name("page.py")


class Browser(SessionClient):
    """Keeps the texts that arrive, and knows when a fragment has been drawn."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.has_part = asyncio.Event()

    def write_forward_msg(self, msg: ForwardMsg) -> None:
        if msg.WhichOneof("type") == "delta" and msg.delta.new_element.text.body:
            self.texts.append(msg.delta.new_element.text.body)
        if msg.script_finished == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
            self.has_part.set()


async def visit() -> list[str]:
    """The texts of one visit, in the order in which they arrived."""
    runtime = Runtime(
        RuntimeConfig(
            script_path=str(PAGE),
            media_file_storage=MemoryMediaFileStorage("/media"),
            uploaded_file_manager=MemoryUploadedFileManager("/upload"),
        )
    )
    await runtime.start()
    browser = Browser()
    session = runtime.connect_session(client=browser, user_info={})
    ask = BackMsg()
    ask.rerun_script.query_string = ""
    runtime.handle_backmsg(session, ask)
    await browser.has_part.wait()
    runtime.stop()
    await runtime.stopped
    return browser.texts


if __name__ == "__main__":
    if "kept" in sys.argv:
        keep_last_words()
    sys.stdout.write("\n".join(asyncio.run(visit())))
