"""Any run with weights reads the drawing, with its newest ones as soon as there are some; errors are put in words."""

from pathlib import Path

import numpy as np
import pytest

from lib.core.i18n import LANGUAGES, translator
from lib.core.inference.litert import LiteError
from lib.core.training.architectures import weight_shapes
from lib.core.training.config import TrainConfig
from lib.core.training.events import Checkpoint
from lib.core.untrusted import beginning
from lib.runs.artifacts import ArtifactDamaged, ArtifactMissing
from lib.runs.db.store import Store
from lib.ui.draw.reading import models
from lib.ui.shell.plain import as_text
from tests.pages.draw.drawing import SEVEN, draw, message, read
from tests.pages.stories import tell
from tests.pages.visiting import english_left, visit, words_in, words_on, works

CONFIG = TrainConfig(network="mlp", dense_units=16, epochs=3, train_size=2000, batch_size=50)
RUNNING = "running, first epoch"
both_languages = pytest.mark.parametrize("lang", list(LANGUAGES))


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Newer weights are looked up every time."""
    monkeypatch.setattr(models, "WEIGHTS_POLL_SECONDS", 0.0)


def always(digit: int, step: int, config: TrainConfig = CONFIG) -> Checkpoint:
    """Weights that make the network predict `digit` for everything."""
    weights = {name: np.zeros(shape, np.float32) for name, shape in weight_shapes(config).items()}
    weights["d2/bias"][digit] = 9
    return Checkpoint(step=step, weights=weights, state={"optimizer": np.zeros(3)})


def keep(store: Store, run_id: str, checkpoint: Checkpoint) -> Path:
    """Stores it as the run's newest checkpoint; the path of its file."""
    store.append(run_id, checkpoint, worker="server/host:1/a")
    artifact = store.checkpoint(run_id)
    assert artifact is not None
    return Path(artifact.path.removeprefix("file://"))


@both_languages
def test_a_run_by_link_reads_and_its_newest_weights_are_followed(store: Store, lang: str) -> None:
    run_id = tell(store, RUNNING, CONFIG, owner="somebody else")
    visitor = draw(visit("draw", lang=lang, run=run_id), SEVEN)
    assert works(visitor)
    assert translator(lang)(models.NONE_YET) in words_in(visitor, "prediction")
    for step, digit in ((10, 3), (20, 5)):
        keep(store, run_id, always(digit, step))
        visitor.run()
        assert works(visitor)
        assert read(visitor) == str(digit)
        assert str(step) in words_in(visitor, "prediction")
    if lang == "ko":
        assert english_left(words_on(visitor)) == []
    assert visitor.query_params["run"] == run_id


def test_models_stand_side_by_side_and_only_the_visitors_own_runs_are_offered(store: Store) -> None:
    mine, other, empty = (tell(store, RUNNING, CONFIG, owner=owner) for owner in ("one", "two", "one"))
    for run_id, digit in ((mine, 3), (other, 4)):
        keep(store, run_id, always(digit, 10))
    store.append(empty, tell_stopped(store, empty))
    visitor = draw(visit("draw", known_as="one"), SEVEN)
    assert read(visitor) == "7"
    offered = visitor.get_by_key("draw_models").options
    assert len(offered) == 2
    visitor.get_by_key("draw_models").set_value([mine, "shipped"]).run()
    assert works(visitor)
    assert read(visitor).strip("*").endswith(mine[:4]), "names before answers"
    assert [words_in(visitor, f"draw_read_{code}") for code in (mine, "shipped")] == ["3", "7"]
    assert len(message(visitor, "breaking")["networks"]) == 2, "either can be broken"
    assert visitor.query_params["run"] == mine
    visitor.get_by_key("draw_models").set_value([]).run()
    assert read(visitor) == "7"
    assert "run" not in visitor.query_params


def tell_stopped(store: Store, run_id: str):
    from lib.core.training.events import Stopped

    return Stopped(step=store.run(run_id).step)


@both_languages
def test_weights_that_are_missing_damaged_or_not_finite_are_said_in_words(store: Store, lang: str) -> None:
    said = translator(lang)
    for number, (harm, text) in enumerate(
        (
            (lambda path: path.unlink(), ArtifactMissing.template),
            (lambda path: path.write_bytes(path.read_bytes()[:-900] + b"x" * 900), ArtifactDamaged.template),
            (lambda path: path.write_bytes(b""), ArtifactDamaged.template),
        )
    ):
        run_id = tell(store, RUNNING, CONFIG)
        harm(keep(store, run_id, always(number, 10)))
        visitor = draw(visit("draw", lang=lang, run=run_id), SEVEN)
        assert works(visitor)
        assert said(text) in words_in(visitor, "prediction")
    for harm_done in (not_finite, of_another_shape, without_a_layer):
        run_id, checkpoint = tell(store, RUNNING, CONFIG), always(1, 10)
        keep(store, run_id, Checkpoint(step=10, weights=harm_done(dict(checkpoint.weights)), state=checkpoint.state))
        visitor = draw(visit("draw", lang=lang, run=run_id), SEVEN)
        assert works(visitor)
        assert said(LiteError.template) in words_in(visitor, "prediction")


def not_finite(weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    kernel = weights["d1/kernel"].copy()
    kernel[0, 0] = np.nan
    return weights | {"d1/kernel": kernel}


def of_another_shape(weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return weights | {"d1/kernel": weights["d1/kernel"].T.copy(), "d2/bias": np.zeros(11, np.float32)}


def without_a_layer(weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    del weights["d1/bias"]
    return weights


@pytest.mark.parametrize("run", ["nowhere", "한글", "<b>", "x" * 500, "shipped", "' OR 1=1 --"])
def test_a_link_to_a_run_that_is_not_there_says_so_and_the_shipped_model_reads(run: str) -> None:
    visitor = visit("draw", run=run)
    assert [warning.value for warning in visitor.warning if as_text(beginning(run)) in warning.value]
    assert read(draw(visitor, SEVEN)) == "7"


@both_languages
def test_where_the_store_is_away_the_shipped_model_reads_all_the_same(store: Store, home: Path, lang: str) -> None:
    store.close()
    for path in home.glob("tf2lab.db*"):
        path.write_bytes(b"this was a database" * 1000)
    try:
        visitor = draw(visit("draw", lang=lang), SEVEN)
        assert works(visitor)
        assert read(visitor) == "7"
    finally:
        for path in home.glob("tf2lab.db*"):
            path.unlink()
