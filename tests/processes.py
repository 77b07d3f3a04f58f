"""Whose a process is, and where it listens."""

import random
import socket

import psutil


def home_of(process: psutil.Process) -> str | None:
    """The process's TF2LAB_HOME, which everything that the app starts inherits.

    None where it has none, is gone, or is only waited for (a zombie).
    """
    try:
        return process.environ().get("TF2LAB_HOME")
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None


def free_port() -> int:
    """A port of this machine that nobody listens on at this moment.

    It lies below those that systems hand out by themselves, to every connection that some browser or database makes:
    of these one may be gone again before its server has started.
    """
    chance = random.SystemRandom()
    while not can_bind(port := chance.randrange(10_000, 32_000)):
        pass
    return port


def can_bind(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
