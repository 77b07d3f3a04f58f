"""Source code as shown on pages, read as text from its file: importing it would import TensorFlow."""

from __future__ import annotations

import ast
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).parents[3]


@st.cache_data(show_spinner=False)
def source(path: str, name: str) -> str:
    """The function or class `name` of the file `path` (relative to the project), decorators and docstring included.

    Raises LookupError if the file has no such name.
    """
    text = (ROOT / path).read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            return "\n".join(text.splitlines()[first - 1 : node.end_lineno])
    raise LookupError(f"{path} has no {name}")
