"""Converts frozen dataclasses to plain JSON values and back, by their field types: events, studies, comparison files.

Values that JSON lacks are written as a word, "nan", or as an object with one key: {"$float": "nan"}, {"$map": {…}} and
{"$array": [type, shape, base64]}. Both forms are read, for every field of such a type. Lists come back as tuples.
"""

from __future__ import annotations

import base64
import dataclasses
import functools
import json
import math
import operator
import re
from abc import ABC
from collections.abc import Mapping
from numbers import Real
from types import UnionType
from typing import Annotated, Any, Generic, TypedDict, TypeVar, get_args, get_origin, get_type_hints

import msgspec
import numpy as np

T = TypeVar("T")
V = TypeVar("V")

LARGEST = 2**63
"""No count, time or memory size comes near it."""
PLAIN = (str, int, bool)
NOT_FINITE = ("nan", "inf", "-inf")
Whole = Annotated[int, msgspec.Meta(ge=1 - LARGEST, le=LARGEST - 1)]


class Misfit(ValueError):
    """A value that does not fit its field: the field's `name`, and the `value` (of a list, the item) that does not fit.

    `name` is empty if the object as a whole is wrong, for example if a field is missing.
    """

    def __init__(self, name: str, value: object, why: str) -> None:
        self.name, self.value = name, value
        super().__init__(why)


def to_plain(value: Any, tagged: bool = False) -> Any:
    """`value` as JSON values; a dataclass by its fields. With `tagged`, special values carry their type."""
    if value is None or type(value) in PLAIN:
        return value
    if dataclasses.is_dataclass(value):
        return {field.name: to_plain(getattr(value, field.name), tagged) for field in dataclasses.fields(value)}
    if isinstance(value, np.generic):
        return to_plain(value.item(), tagged)
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": str(value)} if tagged else str(value)
    if isinstance(value, Mapping):
        plain = {key: to_plain(inner, tagged) for key, inner in value.items()}
        return {"$map": plain} if tagged else plain
    if isinstance(value, np.ndarray):
        data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode("ascii")
        return {"$array": [value.dtype.str, list(value.shape), data]}
    if isinstance(value, tuple | list):
        return [to_plain(inner, tagged) for inner in value]
    return value


def to_json(value: Any) -> str:
    """`value` as strict ASCII JSON, which a database of any encoding can store (msgspec would write UTF-8)."""
    return json.dumps(to_plain(value, tagged=True), allow_nan=False)


def from_plain(cls: type[T], plain: object) -> T:
    """The `cls` in `plain`. Fields that it does not have (any more) are ignored. Raises Misfit."""
    try:
        found = msgspec.convert(plain, _fields_of(cls), dec_hook=_read)  # type: ignore[arg-type]  # it is hashable
    except msgspec.ValidationError as error:
        raise _misfit(plain, error) from error
    return _made(cls, found, plain)


def from_json(cls: type[T], text: str) -> T:
    """The `cls` that `to_json` wrote, read as by `from_plain`. Raises Misfit."""
    try:
        found = msgspec.json.decode(text, type=_fields_of(cls), dec_hook=_read)  # type: ignore[arg-type]  # it is hashable
    except msgspec.DecodeError as error:
        raise Misfit("", text, str(error)) from error
    return _made(cls, found, text)


def _made(cls: type[T], fields: Mapping[str, Any], plain: object) -> T:
    try:
        return cls(**fields)
    except TypeError as error:  # a field is missing
        raise Misfit("", plain, str(error)) from error


def _misfit(plain: Any, error: msgspec.ValidationError) -> Misfit:
    """The Misfit at the path in msgspec's message, such as `$.times[2]`; it follows the path into lists."""
    path = re.search(r"at `\$\.(\w+)((?:\[\d+\])*)", str(error))
    if path is None:
        return Misfit("", plain, str(error))
    value = plain[path[1]]
    for index in re.findall(r"\d+", path[2]):
        value = value[int(index)]
    return Misfit(path[1], value, str(error))


class Table(ABC, Generic[V]):
    """The wire type of a mapping from text: an object, or an object with the one key `$map`."""


Table.register(dict)  # the result of `_read` must be an instance


@functools.cache
def _fields_of(cls: type) -> Any:
    """The fields of a dataclass for msgspec: all are optional, and unknown ones are allowed."""
    wire = {name: _wire(hint) for name, hint in get_type_hints(cls).items()}
    return TypedDict(cls.__name__, wire, total=False)  # type: ignore[operator]


def _wire(hint: Any) -> Any:
    """The type of a field in JSON. `_read` converts values of the types Real, Table and array."""
    args = get_args(hint)
    if hint is float:
        return Real
    if hint is int:
        return Whole
    if get_origin(hint) is Mapping:
        return Table[_wire(args[1])]  # type: ignore[misc]
    if get_origin(hint) is tuple:
        return tuple[tuple(map(_wire, args))]  # type: ignore[misc]
    return functools.reduce(operator.or_, map(_wire, args)) if get_origin(hint) is UnionType else hint


def _read(hint: Any, value: Any) -> Any:
    """Reads a Real, a Table or an array. Raises ValueError or TypeError for any other value."""
    if hint is Real:
        return _number(value["$float"] if isinstance(value, dict) and value.keys() == {"$float"} else value)
    if get_origin(hint) is Table:
        inner = value["$map"] if isinstance(value, dict) and value.keys() == {"$map"} else value
        try:
            return msgspec.convert(inner, dict[str, get_args(hint)[0]], dec_hook=_read)  # type: ignore[misc]
        except msgspec.ValidationError as error:
            raise ValueError(str(error)) from error
    if isinstance(value, dict) and value.keys() == {"$array"}:
        dtype, shape, data = value["$array"]
        return np.frombuffer(base64.b64decode(data), dtype).reshape(shape)
    raise TypeError(f"{hint} is not read from {type(value).__name__}")


def _number(value: object) -> float:
    if value in NOT_FINITE:
        return float(str(value))
    if type(value) is float or (type(value) is int and abs(value) < LARGEST):
        return float(value)
    raise ValueError(f"no number: {type(value).__name__}")
