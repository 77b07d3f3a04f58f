"""An HTML file that needs nothing else: style, scripts and data inside, and a policy that lets nothing in or out.

ASSETS are scripts and styles that this room and the app's own pages share, so that a drawing is read by the same code
on Draw and in a page that stands alone.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

ASSETS = Path(__file__).parent / "assets"
IMPORT = re.compile(r'^import \{ ([^}]+) \} from "\./(\w+)\.js";$', re.MULTILINE)
EXPORT = re.compile(r"^export (const|function) (\w+)", re.MULTILINE)


def bundled(*names: str) -> str:
    """These modules of ASSETS as one script: a page opened from a file may not import others.

    Each stands after those that it imports, by name from its own folder.
    """
    return "const modules = {};\n" + "\n".join(as_function(name, (ASSETS / f"{name}.js").read_text()) for name in names)


def as_function(name: str, module: str) -> str:
    """A module as a function that returns what it exports, and takes its imports from `modules`."""
    exported = ", ".join(found[2] for found in EXPORT.finditer(module))
    inside = EXPORT.sub(r"\1 \2", IMPORT.sub(r"const { \1 } = modules.\2;", module))
    return f"modules.{name} = (() => {{\n{inside}\nreturn {{ {exported} }};\n}})();"


def as_data(name: str, value: object) -> str:
    """An element with `value` as JSON, for a script to read."""
    text = json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{text}</script>'


def one_file(
    *,
    title: str,
    language: str,
    style: str,
    body: str,
    data: Sequence[str] = (),
    scripts: Sequence[str] = (),
    also: Mapping[str, str] | None = None,
) -> bytes:
    """The file, in UTF-8. `title` is text, `body` HTML, `data` elements that are not code.

    Its Content-Security-Policy allows these scripts and this style by their SHA-256, and no request to anyone; `also`
    has further sources by directive, or others in place of the style's.
    """
    sources = {
        "default-src": "'none'",
        "script-src": " ".join(map(source, scripts)) or "'none'",
        "style-src": source(style),
        "base-uri": "'none'",
        "form-action": "'none'",
    } | dict(also or {})
    policy = "; ".join(f"{directive} {allowed}" for directive, allowed in sources.items())
    elements = [*data, *(f'<script type="module">{script}</script>' for script in scripts)]
    return "\n".join(
        (
            f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>",
            body,
            *elements,
            "</body>\n</html>\n",
        )
    ).encode()


def source(text: str) -> str:
    """An inline script or style as the policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
