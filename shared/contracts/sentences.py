"""Sentences that a rule says to a volunteer: English text that still knows how it was made, so that a page can say it
in another language. Plain Python, so that domain rules may use it; catalogues find each one by its English words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any


class Sentence(str):
    """An English sentence; `text` is what catalogues know it by, `values` what stands in its %(named)s places.

    A value may be a date, written as 1 October 2026, or a sentence.
    """

    text: str
    values: Mapping[str, Any]

    def __new__(cls, text: str, **values: Any) -> Sentence:
        """`Sentence("is longer than %(most)s letters.", most=4000)` is the text with its values in it."""
        made = super().__new__(
            cls, text % {name: _in_english(value) for name, value in values.items()} if values else text
        )
        made.text = text
        made.values = MappingProxyType(values)
        return made

    def __str__(self) -> str:
        """Itself: what is read as text on its way to a page stays a sentence."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies stay sentences."""
        return (_again, (self.text, dict(self.values)))


def _again(text: str, values: dict[str, Any]) -> Sentence:
    return Sentence(text, **values)


def _in_english(value: Any) -> Any:
    return f"{value.day} {value:%B %Y}" if isinstance(value, date) else value
