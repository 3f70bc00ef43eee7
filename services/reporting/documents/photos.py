"""Draws the numbered marks of a photo into a copy of it, for documents that must stand alone."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError

WIDTH = 900
"""Pixels: wide enough to see, small enough to send by mail."""

_TRIGGER, _COMFORT, _EDGE = (150, 40, 10), (0, 90, 110), (255, 255, 255)


class PhotoUnreadable(ValueError):
    """These bytes are no picture that can be drawn on."""


def with_marks(photo: bytes, marks: Sequence[Mapping[str, Any]]) -> bytes:
    """A JPEG with every mark as a numbered box: ▲ got to people, ● helped. `x y w h` are per cent of the picture.

    The two kinds differ in shape and line, not in colour alone. Raises PhotoUnreadable.
    """
    try:
        with Image.open(io.BytesIO(photo)) as opened:
            picture = opened.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as fault:
        raise PhotoUnreadable from fault
    if picture.width > WIDTH:
        picture = picture.resize((WIDTH, max(1, round(picture.height * WIDTH / picture.width))))
    draw = ImageDraw.Draw(picture)
    for number, mark in enumerate(marks, 1):
        _draw(draw, picture.size, number, mark)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def got_to_people(mark: Mapping[str, Any]) -> bool:
    """Whether a mark says ▲ trigger (else ● comfort), under either name that assessment has given it."""
    return (mark.get("kind") or mark.get("value")) == "trigger"


def as_data_uri(jpeg: bytes) -> str:
    """The picture as it stands inside an HTML file."""
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()


def _draw(draw: ImageDraw.ImageDraw, size: tuple[int, int], number: int, mark: Mapping[str, Any]) -> None:
    width, height = size
    left, top = float(mark["x"]) * width / 100, float(mark["y"]) * height / 100
    right = min(width - 1.0, left + float(mark["w"]) * width / 100)
    bottom = min(height - 1.0, top + float(mark["h"]) * height / 100)
    right, bottom = max(left + 1, right), max(top + 1, bottom)
    trigger = got_to_people(mark)
    colour = _TRIGGER if trigger else _COMFORT
    thick = max(2, width // 250)
    draw.rectangle((left - thick, top - thick, right + thick, bottom + thick), outline=_EDGE, width=thick)
    if trigger:
        draw.rectangle((left, top, right, bottom), outline=colour, width=thick)
    else:
        draw.rounded_rectangle((left, top, right, bottom), radius=4 * thick, outline=colour, width=thick)
    radius = max(12, width // 45)
    middle = (min(max(left, radius), width - radius), min(max(top, radius), height - radius))
    sides = {"n_sides": 3, "fill": colour, "outline": _EDGE}
    if trigger:
        draw.regular_polygon((*middle, radius * 1.3), **sides)  # type: ignore[arg-type]
    else:
        box = (middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius)
        draw.ellipse(box, fill=colour, outline=_EDGE)
    font = ImageFont.load_default(size=radius)
    draw.text(middle, str(number), fill=_EDGE, font=font, anchor="mm")
