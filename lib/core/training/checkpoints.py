"""Checks that a checkpoint fits the network that continues from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.core.errors import WeightsError

Arrays = Mapping[str, NDArray[np.generic]]


class CheckpointMisfit(WeightsError, ValueError):
    """Saved weights or a saved state do not fit the run: something is missing, unknown, or of another shape."""


def check_fit(what: str, given: Arrays, wanted: Mapping[str, Any]) -> None:
    """Raises CheckpointMisfit unless `given` has exactly the names, shapes and types of `wanted` (arrays or variables).

    `what` names the part in the message.
    """
    if missing := sorted(wanted.keys() - given.keys()):
        raise CheckpointMisfit(f"{what}: {', '.join(missing)} missing")
    if unknown := sorted(given.keys() - wanted.keys()):
        raise CheckpointMisfit(f"{what}: {', '.join(unknown)} unknown here")
    for name, array in wanted.items():
        found, right = (given[name].shape, str(given[name].dtype)), (tuple(array.shape), np.dtype(array.dtype).name)
        if found != right:
            raise CheckpointMisfit(f"{what}: {name} is {found[1]} {found[0]}, not {right[1]} {right[0]}")
