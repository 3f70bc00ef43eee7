"""Finds words that no translation reached: every marked sentence is put between brackets, and what letters stand
outside them on a page were left in English."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import flask_babel
import pytest
from babel.support import NullTranslations

from services.reporting.web import words as reporting_words
from shared.contracts.instruments import Instrument
from shared.web import languages

OPEN, CLOSE = "⟦", "⟧"
_BRACKETS = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
_DATE = re.compile(r"\b\d{1,2} \w+ \d{4}\b")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_READ_ALOUD = ("alt", "title", "placeholder", "aria-label", "content")
NAMES = ("Open Door", *languages.LANGUAGES.values())
"""What is called the same in every language."""


class _Bracketed(NullTranslations):
    """Every message between brackets, so that it can be told from what nobody marked."""

    def ugettext(self, message: str) -> str:
        return f"{OPEN}{message}{CLOSE}"

    def ungettext(self, singular: str, plural: str, number: int) -> str:
        return f"{OPEN}{singular if number == 1 else plural}{CLOSE}"


def put_in_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on, every page that is translated says all its sentences between brackets."""
    bracketed = _Bracketed()
    real = flask_babel.Domain.get_translations

    def instead(domain: flask_babel.Domain) -> Any:
        return real(domain) if languages.language() == languages.DEFAULT else bracketed

    def instrument(original: Instrument, language: str) -> Instrument:
        return original if language == languages.DEFAULT else _bracketed(original)

    monkeypatch.setattr(flask_babel.Domain, "get_translations", instead)
    monkeypatch.setattr(languages, "in_language", instrument)
    monkeypatch.setattr(reporting_words, "in_language", instrument)
    reporting_words._prompts.cache_clear()


def _bracketed(original: Instrument) -> Instrument:
    def words(texts: Any) -> dict[Any, str]:
        return {key: f"{OPEN}{text}{CLOSE}" for key, text in texts.items()}

    def named(things: Any) -> tuple[Any, ...]:
        return tuple(replace(one, name=f"{OPEN}{one.name}{CLOSE}") for one in things)

    items = (
        replace(item, prompt=f"{OPEN}{item.prompt}{CLOSE}", anchors=words(item.anchors), answers=words(item.answers))
        for item in original.items
    )
    return replace(
        original,
        items=tuple(items),
        answers=words(original.answers),
        zones=named(original.zones),
        stages=named(original.stages),
    )


class _Page(HTMLParser):
    """The texts of a page that somebody reads, sees or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.data: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Texts in attributes."""
        if tag == "script":
            self.inside.append(tag)
        given = dict(attrs)
        if told := given.pop("data-told", None):
            self.data.append(told)
        if tag == "meta":
            return
        self.texts += [value or "" for name, value in given.items() if name in _READ_ALOUD]
        self.texts += [v or "" for name, v in given.items() if name.startswith("data-") and " " in (v or "")]

    def handle_endtag(self, tag: str) -> None:
        """Scripts end."""
        if tag == "script":
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        """Texts between tags; a sentence may have tags inside it, so all are read as one."""
        if not self.inside:
            self.texts.append(data)


def left_in_english(page: str) -> list[str]:
    """Words of the page outside every bracket. Empty when all of it was translated."""
    assert '<html lang="en' not in page, "This page says that it is in English."
    read = _Page()
    read.feed(page)
    read.close()
    return [word for text in ("\n".join(read.texts), *_in_data(read.data)) for word in _outside(text)]


def _outside(text: str) -> list[str]:
    before = None
    while text != before:
        before, text = text, _BRACKETS.sub("", text)
    text = _DATE.sub("", text)
    for name in NAMES:
        text = text.replace(name, "")
    return [line.strip() for line in text.splitlines() if _LETTERS.search(line)]


def _in_data(blocks: list[str]) -> Iterator[str]:
    """The texts that scripts are told in `data-told`: what has a space in it, and everything under `words`."""

    def walk(value: Any, said: bool) -> Iterator[str]:
        if isinstance(value, dict):
            for name, inner in value.items():
                yield from walk(inner, said or name == "words")
        elif isinstance(value, list):
            for inner in value:
                yield from walk(inner, said)
        elif isinstance(value, str) and (said or " " in value):
            yield value

    for block in blocks:
        yield from walk(json.loads(block), False)
