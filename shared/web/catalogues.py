"""Sentences in a language where no page asks for them: the same catalogues, for what is sent to people."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from babel.support import NullTranslations, Translations

from shared.contracts.sentences import Sentence

FOLDER = Path(__file__).parent / "translations"


def said_in(language: str, said: Sentence) -> str:
    """A sentence without values in the language of that code; as it is where no catalogue knows it."""
    return str(_catalogue(language).ugettext(said.text))


@lru_cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(FOLDER, [language])
