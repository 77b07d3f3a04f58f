"""The app's folder."""

from lib.core.paths import home


def test_the_folder_that_is_asked_for_is_made(tmp_path, monkeypatch):
    wanted = tmp_path / "deep" / "inside"
    monkeypatch.setenv("TF2LAB_HOME", str(wanted))
    assert home() == wanted.resolve()
    assert wanted.is_dir()
    assert home() == wanted.resolve(), "it may be there already"


def test_otherwise_it_is_a_folder_of_the_user(tmp_path, monkeypatch):
    monkeypatch.delenv("TF2LAB_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "data"))
    assert home().is_relative_to(tmp_path.resolve())
    assert home().name == "tf2lab"
