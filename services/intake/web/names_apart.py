"""Names and addresses in a page whose words run from the right: set apart, so that neither turns the other round."""

from __future__ import annotations

from flask import Flask
from flask_babel import get_locale

_FIRST_STRONG, _POP = "\u2068", "\u2069"


def apart(name: str | None) -> str:
    """The name as a page of this language writes it: between isolating marks where words run from the right.

    Marks and no `<bdi>`, so that it holds in titles, labels and sentences that are put together, too. Empty for none.
    """
    if not name:
        return ""
    locale = get_locale()
    return f"{_FIRST_STRONG}{name}{_POP}" if locale is not None and locale.text_direction == "rtl" else name


def install(app: Flask) -> None:
    """Let templates write `{{ site.name | apart }}`."""
    app.add_template_filter(apart, "apart")
