"""The questions and the sentences of the phone form as one script per instrument and language, named by its content.

They are the same for everybody and seldom change, so a phone fetches them once for all its visits, and the page of a
visit stays small.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from typing import Any

import brotli
from flask import Blueprint, Response, current_app, request
from flask_babel import force_locale

from services.intake.domain.acceptance import ENVIRONMENT, INSTRUMENT_OF
from services.intake.domain.hard_questions import HARD_QUESTIONS
from services.intake.forms.visit import instrument_of
from services.intake.web.phone_words import sending_words
from shared.contracts.instruments import Instrument, Item, in_language
from shared.contracts.refusals import not_found
from shared.web.gate import same_for_everybody
from shared.web.languages import LANGUAGES, in_its_language
from shared.web.static_files import FOR_A_DAY, FOR_EVER

blueprint = Blueprint("phone_script", __name__, url_prefix="/static/phone")
_MADE = "opendoor.phone-scripts"


@dataclass(frozen=True, slots=True)
class Script:
    """A script as it is sent: plain, and in the two codings browsers take."""

    plain: bytes
    small: dict[str, bytes]
    mark: str


@blueprint.get("/<instrument>.<int:version>.<language>.<mark>.js")
@same_for_everybody
def script(instrument: str, version: int, language: str, mark: str) -> Response:
    """The questions and sentences. An older name gets what is there now, and is not kept for ever."""
    found = instrument_of(instrument, version)
    if found is None or language not in LANGUAGES:
        raise not_found()
    made = _made(found, language)
    taken = request.accept_encodings
    coding = max((coding for coding in made.small if taken[coding] > 0), key=lambda coding: taken[coding], default=None)
    response = Response(made.small[coding] if coding else made.plain, mimetype="text/javascript")
    if coding:
        response.headers["Content-Encoding"] = coding
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = FOR_EVER if mark == made.mark else FOR_A_DAY
    return response


def address(instrument: Instrument, language: str) -> str:
    """Where the script of this instrument stands, in this language."""
    mark = _made(instrument, language).mark
    return f"/static/phone/{instrument.name}.{instrument.version}.{language}.{mark}.js"


def _made(instrument: Instrument, language: str) -> Script:
    """Made once in each process; there are few instruments and few languages."""
    made: dict[tuple[str, int, str], Script] = current_app.extensions.setdefault(_MADE, {})
    key = (instrument.name, instrument.version, language)
    if key not in made:
        with force_locale(language):
            said = {"words": _words(instrument), "items": _items(in_language(instrument, language))}
        plain = f"self.openDoorSaid={json.dumps(said, ensure_ascii=False, separators=(',', ':'))}\n".encode()
        small = {"br": brotli.compress(plain), "gzip": gzip.compress(plain, mtime=0)}
        made[key] = Script(plain, small, hashlib.sha256(plain).hexdigest()[:10])
    return made[key]


def _words(instrument: Instrument) -> dict[str, Any]:
    photos = instrument.name == INSTRUMENT_OF[ENVIRONMENT]
    return {
        **sending_words(),
        **_set_in("phone_words"),
        "voice": _set_in("voice_words"),
        **({"photos": _set_in("photo_words")} if photos else {}),
    }


def _set_in(name: str) -> dict[str, Any]:
    """The sentences that stand in a template of their own, in the language that is spoken now."""
    template = "intake/phone_words.html" if name == "phone_words" else f"intake/phone_{name}.html"
    found: dict[str, Any] = getattr(current_app.jinja_env.get_template(template).make_module({}), name)
    return found


def _items(instrument: Instrument) -> dict[str, dict[str, Any]]:
    return {item.code: _item(item) for item in instrument.items}


def _item(item: Item) -> dict[str, Any]:
    said: dict[str, Any] = {
        "prompt": item.prompt,
        "kind": item.kind,
        "short": item.short,
        "core": item.core,
        "anchors": dict(item.anchors),
        "answer_words": dict(item.answers),
        "hard": in_its_language(HARD_QUESTIONS.get(item.code)),
    }
    # What is empty says nothing, and every byte comes over a slow line.
    return {name: value for name, value in said.items() if value}
