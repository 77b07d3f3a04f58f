"""A measurement records its circumstances: the commit, the time, the system, the flags."""

import subprocess
from datetime import UTC, datetime, timedelta

from lib.ml.environment import UNKNOWN, circumstances, commit


def git(folder, *words):
    about = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
    return subprocess.run(["git", "-C", str(folder), *about, *words], check=True, capture_output=True, text=True).stdout


def test_the_commit_is_that_of_the_folder_and_says_where_files_differ_from_it(tmp_path):
    git(tmp_path, "init")
    assert commit(tmp_path) == UNKNOWN, "a repository without a commit"
    (tmp_path / "file").write_text("one")
    git(tmp_path, "add", "file")
    git(tmp_path, "commit", "-m", "one")
    here = git(tmp_path, "rev-parse", "HEAD").strip()
    assert commit(tmp_path) == here
    (tmp_path / "file").write_text("two")
    assert commit(tmp_path) == f"{here}+"


def test_without_a_repository_or_without_git_it_is_unknown(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert commit(tmp_path) == UNKNOWN
    monkeypatch.setenv("PATH", "")
    assert commit(tmp_path) == UNKNOWN


def test_flags_are_those_of_tensorflow_and_no_secret_of_other_programs(monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", "--xla_test=1")
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    monkeypatch.setenv("TF_TOKEN_app_example_io", "secret")
    monkeypatch.setenv("TF_VAR_password", "secret")
    flags = circumstances()["flags"]
    assert (flags["XLA_FLAGS"], flags["TF_ENABLE_ONEDNN_OPTS"]) == ("--xla_test=1", "0")
    assert "secret" not in str(flags)


def test_the_moment_is_now_in_utc():
    at = datetime.fromisoformat(circumstances()["at"])
    assert at.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - at) < timedelta(seconds=30)
