"""The container, without Docker: what its Dockerfile and the compose files say is run here, or looked up here.

The same files in a clean folder, the same environment and commands; as root on Linux also as the image's own user, with
files that it cannot write, and without a network.
"""

from __future__ import annotations

import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from lib.runs.db.store import Store
from tests.image import ROOT, all_of, command, copy_context, environment, health_check, is_ignored
from tests.processes import free_port, home_of
from tests.waiting import PATIENCE, until

USER = 1000
PYTHON = Path(sys.executable).resolve()
CONTEXT = [
    str(path.relative_to(ROOT))
    for top in ROOT.iterdir()
    if not is_ignored(top.name)
    for path in (top, *top.rglob("*"))
    if path.is_file()
]
"""The files that Docker would look through; what is ignored as a whole is not walked through."""
AS_USER = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--no-new-privs"]
if any(not folder.stat().st_mode & 0o001 for folder in PYTHON.parents):
    # Where this machine's Python lies in root's own folder, the user may read everything; writing is no other's right.
    AS_USER += ["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"]
AS_USER.append("--")

LO_UP = "import fcntl, socket, struct; s = socket.socket(); fcntl.ioctl(s, 0x8914, struct.pack('16sh14x', b'lo', 0x41))"
"""Brings up the loopback device of a new network namespace (SIOCSIFFLAGS with IFF_UP and IFF_RUNNING)."""


# ---- what is in it


def test_only_what_the_app_runs_gets_in() -> None:
    tops = {name.split("/")[0] for name in CONTEXT if not is_ignored(name)}
    assert tops == {"app.py", "pages", "lib", "requirements.lock", "LICENSE", ".streamlit"}
    assert is_ignored(".streamlit/secrets.toml")
    assert is_ignored("any/__pycache__/of.cpython-311.pyc")
    assert not is_ignored("lib/core/data/mnist.npz")


def test_on_this_processor_the_lock_gives_the_tensorflow_that_is_meant_and_pip_takes_it(tmp_path: Path) -> None:
    """The image's own lines, with pip only saying what it would install."""
    choose, install = all_of("RUN")[:2]
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    subprocess.run(["sh", "-c", choose], cwd=tmp_path, check=True)
    before, after = ((folder / "requirements.lock").read_text().splitlines() for folder in (ROOT, tmp_path))
    cpu = "-cpu" if platform.machine() == "x86_64" else ""
    assert [line.replace("tensorflow==", f"tensorflow{cpu}==") for line in before] == after
    assert sum(line.startswith(f"tensorflow{cpu}==") for line in after) == 1
    words = shlex.split(install)
    assert words[:2] == ["pip", "install"]
    pip = [sys.executable, "-m", *words, "--dry-run", "--no-deps", "--quiet"]
    subprocess.run(pip, cwd=tmp_path, check=True, timeout=PATIENCE)


# ---- what it does


def isolated() -> list[str]:
    """A command before another one, which then runs without a network and as the image's user; nothing if not root."""
    if sys.platform != "linux" or os.geteuid() != 0 or not all(map(shutil.which, ("unshare", "nsenter", "setpriv"))):
        return []
    if subprocess.run(["unshare", "--net", "true"], check=False, capture_output=True).returncode:
        return []  # a container that may not make namespaces
    return ["unshare", "--net", "sh", "-c", f'{shlex.quote(sys.executable)} -c "{LO_UP}" && exec "$@"', "sh", *AS_USER]


@contextmanager
def container(folder: Path, data: Path) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, str]]]:
    """The image's command in `folder`, with `data` as its volume; the process and its environment."""
    own = {name: value.replace("/data", str(data)) for name, value in environment().items()}
    own |= {"PORT": str(free_port()), "PATH": f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}"}
    own |= {"TF2LAB_SMALL": "1", "LANG": "C.UTF-8"}
    with (data / "log").open("wb") as log:
        process = subprocess.Popen([*isolated(), *command()], cwd=folder, env=own, stdout=log, stderr=log)
    try:
        yield process, own
    finally:
        process.terminate()
        process.wait(PATIENCE)
        until(lambda: not [found for found in psutil.process_iter() if home_of(found) == str(data)])


def inside(process: subprocess.Popen[bytes], line: str, own: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs a shell line where the container's process is."""
    enter = ["nsenter", f"--net=/proc/{process.pid}/ns/net", *AS_USER] if isolated() else []
    return subprocess.run([*enter, "sh", "-c", line], env=own, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that another user can reach; pytest's own ones are private."""
    with tempfile.TemporaryDirectory(prefix="tf2lab-image-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.skipif(sys.platform != "linux", reason="the image is Linux")
def test_it_starts_is_healthy_and_ready_and_ends(open_folder: Path) -> None:
    folder, data = open_folder / "app", open_folder / "data"
    folder.mkdir()
    data.mkdir()
    copy_context(CONTEXT, folder)
    subprocess.run([sys.executable, *shlex.split(all_of("RUN")[2])[1:]], cwd=folder, check=True)
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o222 | 0o444 | (0o111 if path.is_dir() else 0))
    if isolated():
        os.chown(data, USER, USER)
    before = sorted(str(path) for path in folder.rglob("*"))
    fetch = 'python -c "import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).read().decode())"'
    with container(folder, data) as (process, own):
        until(lambda: process.poll() is None and inside(process, health_check(), own).returncode == 0)
        if isolated():
            web = next(found for found in psutil.process_iter() if home_of(found) == str(data))
            assert web.uids().real == USER
            assert inside(process, f"touch {folder}/x || touch {folder}/lib/x", own).returncode != 0
            assert "unreachable" in inside(process, fetch + " http://192.0.2.1", own).stderr
        ready = f"{fetch} http://127.0.0.1:{own['PORT']}/readyz"
        assert json.loads(until(lambda: inside(process, ready, own).stdout)) == {"ready": True}
        assert "<html" in inside(process, f"{fetch} http://127.0.0.1:{own['PORT']}/train", own).stdout
        assert inside(process, f"{fetch} http://127.0.0.1:{own['PORT']}/metrics", own).returncode != 0
    assert sorted(str(path) for path in folder.rglob("*")) == before
    for line in (data / "log").read_text("utf-8").splitlines():
        if line.startswith("{"):
            assert json.loads(line)["level"] in ("info", "warning"), line
    assert "Traceback" not in (data / "log").read_text("utf-8")
    store = Store(f"sqlite:///{data / 'tf2lab.db'}")
    assert store.runs() == []
    store.close()


# ---- how it is put together


def compose(name: str) -> dict[str, Any]:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["compose.yaml", "compose.cluster.yaml"])
def test_in_compose_the_app_can_write_its_volumes_alone_and_no_secret_is_written_down(name: str) -> None:
    services = compose(name)["services"]
    ours = {key: service for key, service in services.items() if service.get("image") == "tf2lab"}
    assert ours
    for service in ours.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        places = [*service.get("volumes", ()), *service["tmpfs"]]
        assert any(place.split(":")[0] == "/tmp" for place in places)
        assert any("/data" in place for place in places)
    for service in services.values():
        for variable, value in service.get("environment", {}).items():
            if "PASSWORD" in variable or "SECRET" in variable:
                assert str(value).startswith("${"), variable
        for needed in service.get("depends_on", {}):
            assert "healthcheck" in services[needed]


def test_the_variables_of_compose_are_ones_that_the_app_reads() -> None:
    known = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in ("compose.yaml", "compose.cluster.yaml"):
        for service in compose(name)["services"].values():
            for variable in service.get("environment", {}):
                if variable.startswith("TF2LAB_"):
                    assert f"`{variable}`" in known
    assert all(f"`{variable}`" in known for variable in environment() if variable.startswith("TF2LAB_"))


@pytest.mark.parametrize("service", ["scheduler", "worker-1", "worker-2", "worker-3"])
def test_the_commands_of_the_cluster_are_ones_that_dask_takes(service: str) -> None:
    """Their modules and options; that they work together, tests/runs/engine/test_foreign_cluster.py shows."""
    words = shlex.split(compose("compose.cluster.yaml")["services"][service]["command"])
    assert words[0] == "python"
    options = [word for word in words if word.startswith("--")]
    told = subprocess.run([sys.executable, *words[1:3], "--help"], capture_output=True, text=True, check=True).stdout
    assert [option for option in options if option not in told] == []


def test_the_cluster_has_the_parts_that_were_promised() -> None:
    services = compose("compose.cluster.yaml")["services"]
    assert [name.partition("-")[0] for name in services] == [
        *["web"] * 2,
        "scheduler",
        *["worker"] * 3,
        "database",
        "s3",
    ]
    assert [services[f"worker-{n}"]["command"].rsplit(" ", 1)[1] for n in (1, 2, 3)] == ["long=1", "long=1", "short=1"]
