"""Installs what the tests need besides Python packages: a Chromium, Korean fonts, a PostgreSQL server.

    python -m tests.install

It skips what is already installed. As root on Debian or Ubuntu everything comes from apt; elsewhere Playwright
downloads its own Chromium, and the tests that need PostgreSQL report that they are skipped.
"""

import glob
import os
import shutil
import subprocess
import sys

from tests.browser.chromium import find_chromium

KOREAN_FONTS = ("/usr/share/fonts/**/NotoSansCJK*", "/usr/share/fonts/**/Nanum*")
POSTGRES = "/usr/lib/postgresql/*/bin/initdb"


def missing_packages() -> list[str]:
    """The Debian packages of what is not installed."""
    packages = []
    if find_chromium() is None:
        packages.append("chromium")
    if not any(glob.glob(pattern, recursive=True) for pattern in KOREAN_FONTS):
        packages.append("fonts-noto-cjk")
    if not glob.glob(POSTGRES) and not shutil.which("initdb"):
        packages.append("postgresql")
    return packages


def main() -> None:
    packages = missing_packages()
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if packages and is_root and shutil.which("apt-get"):
        quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "check": True}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], **quiet)
    elif "chromium" in packages:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    main()
