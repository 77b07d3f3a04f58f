"""On a machine whose processors are shared the recorded result can be seen in place of the own one, and back."""

from __future__ import annotations

from typing import Any

import pytest

from lib.ui.hosting import processors
from lib.ui.shell import services
from tests.pages.compare.comparisons import tell
from tests.pages.visiting import visit
from tests.ui.jobs.test_shared_processors import seen


def buttons(page: Any) -> set[str]:
    return {button.key for button in page.button}


def test_the_recorded_result_in_place_of_the_own_one_and_back(monkeypatch: pytest.MonkeyPatch) -> None:
    study = tell(services.store(), "finished")
    page = visit("compare", compare=study)
    assert not {"compare_recorded", "compare_own"} & buttons(page), "nobody is told anything while it is not so"
    seen(monkeypatch, others=0.5, stolen=0.0)
    page.run()
    own = [found.value for found in page.markdown]
    page.button(key="compare_recorded").click().run()
    assert not page.exception
    recorded = [found.value for found in page.markdown] + [found.value for found in page.caption]
    assert any("Recorded earlier, on another machine" in text for text in recorded)
    page.button(key="compare_own").click().run()
    assert [found.value for found in page.markdown] == own
    monkeypatch.setattr(processors, "_readings", processors._readings.__class__(maxlen=7))
    page.run()
    assert "compare_recorded" not in buttons(page)
