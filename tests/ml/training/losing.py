"""A training whose weights become NaN."""

import numpy as np
import pytest

from lib.ml.training.trainer import Trainer


def lose_a_weight(patch: pytest.MonkeyPatch) -> None:
    """From the next call on, the last layer of every network in training has a kernel of NaN."""
    advance = Trainer.advance

    def without_it(self, *args, **options):
        kernel = self.model.layers[-1].kernel
        kernel.assign(np.full(kernel.shape, np.nan, "float32"))
        return advance(self, *args, **options)

    patch.setattr(Trainer, "advance", without_it)
