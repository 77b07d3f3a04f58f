"""Records a run of the notes' network on this machine, for the first page before there is another run.

python -m lib.ml.training.record
"""

from __future__ import annotations

from datetime import UTC, datetime

from lib.core.training.config import TrainConfig
from lib.core.training.recording import NOTES, recorded, to_json
from lib.ml.training.datasets import fetch
from lib.ml.training.loop import train


def main() -> None:
    """Trains once and writes the file."""
    config, at = TrainConfig(), datetime.now(UTC).isoformat(timespec="seconds")
    NOTES.write_text(to_json(recorded(config, train(config, fetch(config.dataset)), at)), encoding="utf-8")


if __name__ == "__main__":
    main()
