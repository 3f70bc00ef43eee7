"""In which language a page speaks: the one its reader chose where the page is translated, else English; and which way
its words run. Pages of leads and partners are not translated, and say so by staying `en-GB`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from flask import Flask, Response, current_app, g, has_request_context, make_response, redirect, request, url_for
from flask_babel import Babel, get_locale, gettext, lazy_gettext, refresh
from werkzeug.wrappers import Response as AnyResponse

from shared.contracts.instruments import Instrument, in_language
from shared.contracts.refusals import not_found
from shared.contracts.sentences import Sentence
from shared.web import gate

COOKIE = "opendoor-language"
LANGUAGES = {"en_GB": "English", "cy": "Cymraeg", "ar": "العربية"}
"""Code of a language: its name for itself. The words stand in `shared/web/translations`."""
DEFAULT = "en_GB"
YEAR_SECONDS = 365 * 24 * 3600
_SPEAKING = "opendoor.speaking"


def install(app: Flask) -> None:
    """Give the app's templates and sentences the language of whoever asks, and the way to choose one."""
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(Path(__file__).parent / "translations")
    Babel(app, locale_selector=chosen)
    app.extensions[_SPEAKING] = {"weather", "language"}
    app.jinja_env.globals["_l"] = lazy_gettext  # for words that are set once and read on many pages
    app.add_template_filter(in_its_language, "sentence")
    app.add_template_filter(listed, "listed")
    app.context_processor(_words_of_the_page)

    @gate.open_to_all
    def choose(language: str) -> AnyResponse:
        return _chosen_now(app, language)

    app.add_url_rule("/language/<language>", "language", choose)
    app.after_request(_kept_apart)


def speak(app: Flask, *names: str) -> None:
    """These blueprints and endpoints are translated: they speak the language that was chosen."""
    app.extensions[_SPEAKING].update(names)


def speak_here() -> None:
    """The page that answers now is translated, though others at the same address are not."""
    g.speaks = True
    refresh()


def speaking() -> bool:
    """Whether the page that answers now is translated. A page that nobody wrote, such as "not found", always is."""
    if g.get("speaks") or request.endpoint is None:
        return True
    if request.path.startswith("/api/"):
        return not g.get("by_token")  # a page's own script asks, and shows what it is told
    spoken = current_app.extensions[_SPEAKING]
    return request.endpoint in spoken or request.blueprint in spoken


def chosen() -> str:
    """The code of the language this page speaks: the chosen one where it is translated, else English."""
    if not has_request_context() or not speaking():
        return DEFAULT
    return _wanted()


def _wanted() -> str:
    wanted = request.cookies.get(COOKIE, DEFAULT)
    return wanted if wanted in LANGUAGES else DEFAULT


def language() -> str:
    """Code of the language of the page that answers now: en_GB, cy or ar."""
    return str(get_locale() or DEFAULT)


def asked_here(instrument: Instrument) -> Instrument:
    """The instrument in the language of the page that answers now; as it was published where nobody translated it."""
    return in_language(instrument, language())


def in_its_language(said: Any, **values: Any) -> str:
    """What a rule or a list of words said, in the language of the page. What no catalogue knows stays as it is."""
    text = said.text if isinstance(said, Sentence) else "" if said is None else str(said)
    known = {name: _value(value) for name, value in said.values.items()} if isinstance(said, Sentence) else {}
    known |= values
    words: str = gettext(text) if text and isinstance(said, str) else text
    return words % known if known else words


def _value(value: Any) -> Any:
    if isinstance(value, date):
        return day_in_words(value)
    return in_its_language(value) if isinstance(value, Sentence) else value


def listed(things: Iterable[Any]) -> str:
    """a, b and c."""
    text: str = format_list([in_its_language(thing) for thing in things], locale=_locale())
    return text


def day_in_words(found: date | datetime) -> str:
    """A day as the language of the page writes it: 1 October 2026."""
    text: str = format_date(found, "d MMMM y", locale=_locale())
    return text


def month_in_words(found: date) -> str:
    """A month as the language of the page writes it: October 2026."""
    text: str = format_date(found, "MMMM y", locale=_locale())
    return text


def _locale() -> Locale:
    return get_locale() or Locale.parse(DEFAULT)


def _chosen_now(app: Flask, language: str) -> AnyResponse:
    if language not in LANGUAGES:
        raise not_found()
    response = make_response(redirect(own_path(request.args.get("back", "/")), 303))
    response.set_cookie(
        COOKIE,
        language,
        max_age=YEAR_SECONDS,
        secure=bool(app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )
    return response


def own_path(wanted: str) -> str:
    """The wanted address when it is a plain path of ours, else the first page: nobody is sent to another host."""
    parts = urlsplit(wanted) if wanted.isprintable() and "\\" not in wanted else None
    if parts is None or parts.scheme or parts.netloc or not wanted.startswith("/") or wanted.startswith("//"):
        return "/"
    return wanted


def _back_here() -> str:
    """Where to return to after choosing: this page; after a form that was sent back, the page it stood on."""
    if g.get("back_home"):
        return "/"
    if request.method == "GET":
        return request.full_path if request.query_string else request.path
    before = urlsplit(request.referrer or "")
    return before.path if before.netloc == request.host and before.path else "/"


def _words_of_the_page() -> dict[str, Any]:
    locale = _locale()
    words: dict[str, Any] = {"lang": str(locale).replace("_", "-"), "dir": locale.text_direction}
    if not has_request_context() or not speaking() or request.endpoint == "weather":
        return words
    back = _back_here()
    words["languages"] = [
        {
            "name": name,
            "lang": code.replace("_", "-"),
            "dir": Locale.parse(code).text_direction,
            "href": url_for("language", language=code, back=back),
            "current": code == str(locale),
        }
        for code, name in LANGUAGES.items()
    ]
    words["unchecked"] = str(locale) != DEFAULT
    return words


def _kept_apart(response: Response) -> Response:
    """A cache must not give one reader the language of another."""
    if response.mimetype == "text/html":
        response.vary.add("Cookie")
    return response
