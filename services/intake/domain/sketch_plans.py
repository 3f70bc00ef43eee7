"""The sketches that pins go on where no photos may be taken: what is usually in such a part, drawn so plainly that it
is nobody's building. A place is told by what it lies near, not by measure."""

from __future__ import annotations

from collections.abc import Mapping

Thing = tuple[str, int, int, int, int]
"""What it is (a word of the pages), then left, top, width and height in a drawing of `WIDE` by `HIGH`."""

WIDE, HIGH = 100, 75
PLANS: Mapping[str, tuple[Thing, ...]] = {
    "AP": (
        ("way", 38, 0, 24, 44),
        ("building", 0, 44, 100, 31),
        ("door", 42, 44, 16, 7),
        ("bench", 10, 24, 18, 7),
        ("corner", 74, 20, 22, 14),
    ),
    "EN": (
        ("door", 40, 68, 20, 7),
        ("guard", 8, 40, 20, 11),
        ("sign", 40, 6, 20, 8),
        ("inside", 78, 22, 22, 18),
        ("way", 40, 30, 20, 26),
    ),
    "RE": (
        ("door", 40, 68, 20, 7),
        ("desk", 22, 12, 56, 13),
        ("queue", 40, 34, 20, 26),
        ("screen", 4, 12, 14, 10),
        ("seats", 76, 40, 18, 16),
    ),
    "WA": (
        ("door", 2, 62, 18, 8),
        ("seats", 28, 16, 44, 9),
        ("seats", 28, 36, 44, 9),
        ("screen", 38, 2, 24, 7),
        ("desk", 78, 44, 18, 16),
        ("window", 0, 16, 6, 28),
    ),
    "WY": (
        ("door", 2, 32, 9, 16),
        ("way", 14, 32, 72, 14),
        ("sign", 38, 18, 24, 8),
        ("lift", 80, 10, 16, 14),
        ("stairs", 80, 54, 16, 14),
        ("inside", 20, 54, 26, 16),
    ),
    "TS": (
        ("door", 4, 62, 18, 8),
        ("table", 34, 28, 32, 18),
        ("seat", 42, 50, 16, 11),
        ("seat", 42, 12, 16, 11),
        ("window", 94, 16, 6, 34),
        ("screen", 70, 30, 14, 10),
    ),
    "TO": (
        ("door", 40, 67, 20, 8),
        ("toilet", 8, 8, 22, 28),
        ("toilet", 36, 8, 22, 28),
        ("basin", 72, 12, 22, 12),
        ("way", 36, 44, 28, 16),
    ),
    "QS": (
        ("door", 4, 62, 18, 8),
        ("seat", 20, 18, 18, 13),
        ("seat", 62, 18, 18, 13),
        ("table", 42, 32, 16, 11),
        ("window", 94, 16, 6, 34),
    ),
    "EX": (
        ("inside", 36, 2, 28, 18),
        ("way", 38, 24, 24, 30),
        ("door", 38, 56, 24, 8),
        ("desk", 4, 10, 24, 12),
        ("outside", 20, 66, 60, 9),
    ),
}
"""By zone: all nine of domain.md §1."""


def middle_of(thing: Thing) -> tuple[float, float]:
    """Where the middle of a thing is, in per cent of the sketch from the left and from the top."""
    _, left, top, width, height = thing
    return round((left + width / 2) / WIDE * 100, 1), round((top + height / 2) / HIGH * 100, 1)
