"""What comes out of a lesson's functions, as events of its study."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median

import numpy as np
from numpy.typing import NDArray

from lib.core.errors import AppError

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What the lesson's function `name` printed, and the error that ended it; both empty if there was none."""

    name: str
    text: str
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Numbers:
    """An array that the function `name` returned under the name `key`: float32, of any shape."""

    name: str
    key: str
    values: Floats = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """Nanoseconds of single calls of one of the ways that the function `name` offers, each measured alternately."""

    name: str
    key: str
    times: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A table that the function `name` returned: columns of equal length, by their names."""

    name: str
    columns: Mapping[str, tuple[str, ...]] = field(repr=False)


Output = Printed | Numbers | Timed | Listed


class NoOutput(AppError, LookupError):
    """A function has not left what is looked for: it was not reached, or an error ended it before."""


class Outputs:
    """What has come out so far, looked up by the name of its function. All methods raise NoOutput."""

    def __init__(self, events: Iterable[object]) -> None:
        """`events` may be others as well, which are left out."""
        self.all = tuple(event for event in events if isinstance(event, Output))

    def of(self, name: str) -> tuple[Output, ...]:
        """Everything that the function left, in order; empty if it was not reached."""
        return tuple(output for output in self.all if output.name == name)

    def only(self, names: Container[str]) -> Outputs:
        """What these functions left."""
        return Outputs(output for output in self.all if output.name in names)

    def has_ended(self, name: str) -> bool:
        """Whether the function has returned, or an error has ended it."""
        return any(isinstance(output, Printed) for output in self.of(name))

    def has_returned(self, name: str) -> bool:
        """Whether the function has ended without an error: what it returned is here, but for times."""
        return self.has_ended(name) and not self.error(name)

    def text(self, name: str) -> str:
        """What the function printed until it returned."""
        return next(output.text for output in self._returned(name) if isinstance(output, Printed))

    def error(self, name: str) -> str:
        """The error that ended the function, as `Type: message`; empty if there was none."""
        return self.printed(name).error

    def printed(self, name: str) -> Printed:
        """What the function printed, before an error as well, and the error."""
        for output in self.of(name):
            if isinstance(output, Printed):
                return output
        raise NoOutput(name)

    def numbers(self, name: str) -> tuple[Numbers, ...]:
        """All arrays that the function returned, in order; empty if it returned none."""
        return tuple(output for output in self._returned(name) if isinstance(output, Numbers))

    def array(self, name: str, key: str) -> Floats:
        """The array that the function returned under this key."""
        for output in self.numbers(name):
            if output.key == key:
                return output.values
        raise NoOutput(f"{name}: {key}")

    def column(self, name: str, key: str) -> tuple[str, ...]:
        """The column of this name in the table that the function returned."""
        for output in self._returned(name):
            if isinstance(output, Listed) and key in output.columns:
                return output.columns[key]
        raise NoOutput(f"{name}: {key}")

    def times(self, name: str, key: str) -> tuple[int, ...]:
        """Nanoseconds of the single calls of this way."""
        for output in self.of(name):
            if isinstance(output, Timed) and output.key == key:
                return output.times
        raise NoOutput(f"{name}: {key}")

    def seconds(self, name: str, key: str) -> float:
        """The median time of one call of this way."""
        return median(self.times(name, key)) / 1e9

    def _returned(self, name: str) -> tuple[Output, ...]:
        """Everything that the function left, once it has returned: never a part of it."""
        if not self.has_returned(name):
            raise NoOutput(name)
        return self.of(name)
