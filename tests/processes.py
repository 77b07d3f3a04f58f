"""Whose a process is: everything that the app starts inherits the folder it works in."""

import psutil


def home_of(process: psutil.Process) -> str | None:
    """The process's TF2LAB_HOME; None where it has none, is gone, or is only waited for (a zombie)."""
    try:
        return process.environ().get("TF2LAB_HOME")
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None
