"""`streamlit run app.py` as on a visitor's machine, with its own folder."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import psutil

from lib.runs.db.store import Store
from tests.processes import free_port, home_of
from tests.waiting import PATIENCE, until

ROOT = Path(__file__).parents[2]
HELD = Path(__file__).parent / "held"


class Server:
    """One web server. As a context manager it is up on entry; on exit it and all its processes are gone."""

    def __init__(self, home: Path, folder: Path = ROOT, held: bool = False, base: str = "") -> None:
        """`folder` contains the app, `home` its data. If `held`, workers load TensorFlow only after `let_load`.

        `base` is Streamlit's `server.baseUrlPath`.
        """
        self.home, self.folder, self.base = home, folder, base
        self.environment = {"TF2LAB_HOME": str(home), "TF_CPP_MIN_LOG_LEVEL": "3"}
        self.environment["TF2LAB_BADGE"] = "0"  # it comes and goes with what else this machine does
        # Tests and benchmarks are many visitors at one address, and restart their server under open pages.
        for limit in ("REQUESTS_PER_VISITOR", "REQUESTS_PER_ADDRESS", "PAGES_PER_VISITOR", "PAGES_PER_ADDRESS"):
            self.environment[f"TF2LAB_{limit}"] = "1000000"
        if held:
            self.environment["PYTHONPATH"] = str(HELD)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}" + (f"/{base}" if base else "")

    def start(self) -> None:
        """Starts the server and returns at once."""
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *command,
                    f"--server.port={self.port}",
                    "--server.address=127.0.0.1",
                    f"--server.baseUrlPath={self.base}",
                ],
                cwd=self.folder,
                env=os.environ | self.environment,
                stdout=log,
                stderr=log,
            )

    def let_load(self) -> None:
        (self.home / "go").touch()

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=10) as response:
                return response.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    @property
    def store(self) -> Store:
        """The server's store, opened in this process."""
        return Store(f"sqlite:///{self.home / 'tf2lab.db'}")

    def family(self) -> list[psutil.Process]:
        """Every process of this server, found by its folder: web server, engine, workers."""
        return [process for process in psutil.process_iter() if home_of(process) == str(self.home)]

    def worker(self) -> psutil.Process:
        """The process that has loaded TensorFlow."""
        return until(lambda: next((process for process in self.family() if has_tensorflow(process)), None))

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        self.process.wait(PATIENCE)

    def __enter__(self) -> "Server":
        self.start()
        until(self.answers)
        return self

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            self.stop()
        until(lambda: not self.family())


def has_tensorflow(process: psutil.Process) -> bool:
    """Whether TensorFlow's library is mapped into the process."""
    try:
        return any("libtensorflow" in mapped.path for mapped in process.memory_maps())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
