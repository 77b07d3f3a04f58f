"""For every test: each run uses new examples for properties, and a failing run can be repeated with the same ones.

The last lines of a failed run name its seed: with `--hypothesis-seed` each property gets exactly the same examples,
alone or with other tests. Properties have no deadline, because a busy machine is not a defect. For many more examples:
`python -m pytest -m hypothesis --hypothesis-profile=explore`.
"""

import secrets

import pytest
from hypothesis import HealthCheck, settings

# A failed check of a helper says what it found, as those of a test do.
pytest.register_assert_rewrite(
    "tests.browser.accessibility", "tests.browser.visiting", "tests.pages.visiting", "tests.processes", "tests.waiting"
)

# Said outright: where CI is set in the environment, Hypothesis' own defaults would be the same examples for ever.
# Its database, where it keeps what failed, is git's to ignore: a clean checkout has none, and needs none.
settings.register_profile(
    "usual",
    derandomize=False,
    deadline=None,
    max_examples=50,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("explore", settings.get_profile("usual"), max_examples=500)
settings.load_profile("usual")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Draws the seed of this run, unless one is given, before Hypothesis does."""
    if config.getoption("--hypothesis-seed") is None:
        config.option.hypothesis_seed = str(secrets.randbits(32))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if terminalreporter.stats.keys() & {"failed", "error"}:
        terminalreporter.write_line(f"The same examples again: --hypothesis-seed={config.option.hypothesis_seed}")
