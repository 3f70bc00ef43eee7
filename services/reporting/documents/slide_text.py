"""Finds how much text a slide holds: what is too long goes on on a further slide, and is never made too small to read.

Widths are guessed on the safe side, for nobody knows which fonts the reader's machine has.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

LINE = 1.3
"""Height of a line, as a multiple of the size of its letters."""
FEW = 4
"""So many lines of a long paragraph may stand at the end of a slide; a short one is not divided."""

_NARROW, _WIDE = frozenset("iIjlft.,;:!'|()[] "), frozenset("MWmw@%—…")


@dataclass(frozen=True, slots=True)
class Said:
    """A paragraph on a slide. `size` in points; `quote`: somebody's own words; `colour` as six hex digits.

    `leads`: what comes after it stands on the same slide.
    """

    text: str
    size: int = 20
    bold: bool = False
    quote: bool = False
    colour: str = "2B2620"
    leads: bool = False

    @property
    def gap(self) -> float:
        """The space after it, in points."""
        return self.size * 0.5


def paged(said: Sequence[Said], width: float, height: float, later_width: float = 0.0) -> list[list[Said]]:
    """The paragraphs divided over slides that hold `width` by `height` points; all after the first are `later_width`.

    At least one slide. A paragraph too long for a slide is divided between two words, or anywhere if it must be.
    """
    slides: list[list[Said]] = [[]]
    room = height
    waiting = list(reversed(said))
    while waiting:
        wide = (later_width or width) if len(slides) > 1 else width
        one = waiting[-1]
        lines = _lines(one, wide)
        fits = int((room + 1) / (one.size * LINE))
        if slides[-1] and _together(waiting, wide) > min(room, height):
            slides.append([])
            room = height
        elif len(lines) <= fits:
            slides[-1].append(waiting.pop())
            room -= len(lines) * one.size * LINE + one.gap
        else:
            fits = max(1, fits)
            slides[-1].append(replace(one, text="".join(lines[:fits]).strip()))
            waiting[-1] = replace(one, text="".join(lines[fits:]).strip())
            slides.append([])
            room = height
    return slides


def _together(waiting: Sequence[Said], width: float) -> float:
    """The height of what must not be parted from the next paragraph: all that it leads, and a few lines at least."""
    high = 0.0
    for one in reversed(waiting):
        lines = len(_lines(one, width))
        if not one.leads:
            return high + (lines if lines <= FEW * 2 else FEW) * one.size * LINE
        high += lines * one.size * LINE + one.gap
    return high


def how_high(text: str, size: int, width: float) -> float:
    """How high that text is in points, at that size in so wide a box."""
    return len(_lines(Said(text, size), width)) * size * LINE


def _lines(said: Said, width: float) -> list[str]:
    return [line for part in said.text.splitlines(keepends=True) or [""] for line in _of_part(part, said, width)]


def _of_part(part: str, said: Said, width: float) -> Iterator[str]:
    most = width / said.size / (1.06 if said.bold else 1.0)
    line, used = "", 0.0
    for word in _words(part, most):
        long = sum(_width(letter) for letter in word.rstrip())
        if line and used + long > most:
            yield line
            line, used = "", 0.0
        line += word
        used += long + 0.3 * (len(word) - len(word.rstrip()))
    yield line


def _words(part: str, most: float) -> Iterator[str]:
    """The words with the space after each; one that is longer than a line in pieces."""
    for word in part.replace(" ", " \0").split("\0"):
        if sum(_width(letter) for letter in word) <= most:
            yield word
            continue
        piece = max(1, math.floor(most / max(_width(letter) for letter in word)))
        yield from (word[start : start + piece] for start in range(0, len(word), piece))


def _width(letter: str) -> float:
    """As a part of the size of the letters."""
    if unicodedata.east_asian_width(letter) in ("W", "F"):
        return 1.05
    if letter in _NARROW:
        return 0.36
    if letter in _WIDE:
        return 0.95
    return 0.72 if letter.isupper() else 0.57
