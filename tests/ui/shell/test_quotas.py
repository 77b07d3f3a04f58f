"""Where limits are set, which source takes precedence, and what is refused."""

from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.ui.shell.quotas import Limits, read_limits


def test_nothing_set_leaves_the_defaults() -> None:
    assert read_limits({}) == read_limits({}, {}, {}) == Limits()


def test_the_environment_counts_before_secrets_and_secrets_before_the_file() -> None:
    environment = {"TF2LAB_RUNS_PER_VISITOR": "1"}
    secrets: dict[str, object] = {"runs_per_visitor": 2, "images_per_run": 2}
    file: dict[str, object] = {"runs_per_visitor": 3, "images_per_run": 3, "kept_weights": 3}
    assert read_limits(environment, secrets, file) == Limits(runs_per_visitor=1, images_per_run=2, kept_weights=3)


@pytest.mark.parametrize("lanes", [1, 2])
def test_there_are_one_or_two_lanes(lanes: int) -> None:
    assert read_limits({"TF2LAB_LANES": str(lanes)}).lanes == read_limits({}, {"lanes": lanes}).lanes == lanes
    with pytest.raises(ValueError, match="TF2LAB_LANES must be a whole number from 1 to 2, but '3' was given"):
        read_limits({"TF2LAB_LANES": "3"})


@given(st.integers(1, 10**9), st.sampled_from(["{}", " {} ", "0{}"]))
def test_whole_numbers_from_1_are_taken(number: int, form: str) -> None:
    assert read_limits({"TF2LAB_KEPT_WEIGHTS": form.format(number)}).kept_weights == number


@pytest.mark.parametrize("value", ["", "0", "-1", "1.5", "many", "²", True, 2.5])
def test_anything_else_is_refused_by_name(value: object) -> None:
    with pytest.raises(ValueError, match=r"TF2LAB_KEPT_WEIGHTS must be a whole number from 1, but .* was given"):
        read_limits({}, {"kept_weights": value})


def test_readme_names_every_limit_with_its_default() -> None:
    table = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
    for field in fields(Limits):
        assert f"`TF2LAB_{field.name.upper()}`" in table
        if field.default is not None:
            assert f"{field.default:,}" in table
