"""In which language a page speaks: the one its reader chose, else English; and which way its words run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask, has_request_context, request
from flask_babel import Babel, get_locale

COOKIE = "opendoor-language"
LANGUAGES = {"en_GB": "English", "cy": "Cymraeg", "ar": "العربية"}
"""Code of a language: its name for itself. The words stand in `shared/web/translations`."""
DEFAULT = "en_GB"


def install(app: Flask) -> None:
    """Give the app's templates and sentences the language of whoever asks."""
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(Path(__file__).parent / "translations")
    Babel(app, locale_selector=chosen)
    app.context_processor(_words_of_the_page)


def chosen() -> str:
    """The code of the language that was chosen on this phone; else English."""
    if not has_request_context():
        return DEFAULT
    wanted = request.cookies.get(COOKIE, DEFAULT)
    return wanted if wanted in LANGUAGES else DEFAULT


def _words_of_the_page() -> dict[str, Any]:
    locale = get_locale()
    return {"lang": str(locale).replace("_", "-"), "dir": locale.text_direction if locale else "ltr"}
