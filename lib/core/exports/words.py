"""What the check of an exported file found, in words, for the page and for the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from lib.core.i18n import Translate, mark, untranslated
from lib.core.studies.events import Exported

STAGES: Mapping[str, str] = {
    "make": mark("The file is being made …"),
    "check": mark("The file is opened in a fresh process and compared with the app’s own predictions …"),
}
"""What happens at each stage of `lib.core.studies.events.Exporting`."""


def figures_words(found: Exported, _: Translate = untranslated) -> str:
    """All figures in the language of `_`."""
    parts = [size_words(found.size)]
    if found.digits:
        parts += [
            _("largest difference of a probability {difference}").format(difference=f"{found.difference:.2g}"),
            _("the same class for {same} of {digits} test images").format(
                same=f"{found.same:,}", digits=f"{found.digits:,}"
            ),
            _("{milliseconds} ms a digit").format(milliseconds=f"{found.milliseconds:.2g}"),
        ]
    else:
        parts.append(_("largest difference of a value {difference}").format(difference=f"{found.difference:.2g}"))
    opened = ", ".join(f"{name} {version}" for name, version in found.versions.items())
    parts.append(_("made and checked in {seconds} s, opened with {versions}").format(
        seconds=f"{found.seconds:.0f}", versions=opened
    ))  # fmt: skip
    return " · ".join(parts)


def size_words(size: int) -> str:
    """Bytes as kilobytes or megabytes: '11.1 MB'."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} kB"
