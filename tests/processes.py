"""The owner of a process, and free ports."""

import random
import socket

import psutil


def home_of(process: psutil.Process) -> str | None:
    """The process's TF2LAB_HOME, which all processes of the app inherit.

    None if it has none, has ended, or is a zombie.
    """
    try:
        return process.environ().get("TF2LAB_HOME")
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None


def free_port() -> int:
    """A port of this machine with no listener at present.

    It is below the ephemeral ports that systems assign to connections of browsers and databases: such a port could be
    taken again before its server has started.
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
