"""Photos as phones take them, made by Pillow: large, lying on their side, telling much about whoever took them."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 160, 60), (30, 60, 200), (240, 240, 240)
_TURNED_RIGHT = 6
_GPS = 0x8825


def held_upright(width: int = 3000, height: int = 4000) -> bytes:
    """A JPEG stored lying on its side. Upright, red is top left, green top right, blue bottom left."""
    upright = Image.effect_noise((width // 4, height // 4), 40).convert("RGB").resize((width, height))
    draw = ImageDraw.Draw(upright)
    for colour, left, top in ((RED, 0, 0), (GREEN, width // 2, 0), (BLUE, 0, height // 2)):
        draw.rectangle((left + 4, top + 4, left + width // 2 - 4, top + height // 2 - 4), fill=colour)
    exif = Image.Exif()
    exif[0x0112] = _TURNED_RIGHT
    exif[0x010F] = "A phone of somebody"
    exif.get_ifd(_GPS).update({1: "N", 2: (53.0, 48.0, 30.0), 3: "W", 4: (3.0, 3.0, 0.0)})
    written = io.BytesIO()
    upright.transpose(Image.Transpose.ROTATE_90).save(written, "JPEG", quality=92, exif=exif, comment=b"taken at home")
    return written.getvalue()


def with_a_face(width: int = 1200, height: int = 900) -> bytes:
    """A PNG with one bright square, top left, that nobody else may see."""
    image = Image.new("RGB", (width, height), WHITE)
    ImageDraw.Draw(image).rectangle((100, 100, 300, 300), fill=RED)
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def unreadable_heic() -> bytes:
    """What a phone without HEIC sees: a head that says HEIC, and nothing that it can open."""
    return b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(4000)
