"""Looks at a photo before it is taken in, and makes the cleaned copies that are the only ones anybody else may see.

Everything that reads bytes of a stranger's file stands here. Pillow decides what a file is, never its name.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

from PIL import Image
from pillow_heif import register_heif_opener

from services.intake.domain.photo_bytes import breaks_off
from shared.contracts.sentences import Sentence

register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)

DISPLAY_EDGE = 1600
THUMBNAIL_EDGE = 320
CLEAN_MEDIA_TYPE = "image/jpeg"

_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
# Phones that keep several pictures in one file (burst, 3D) write MPO, which is JPEG in front.
_MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "HEIF": "image/heic",
}
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

NOT_AN_IMAGE = Sentence("This is not a photo we can read. We can take JPEG, PNG, WebP and HEIC photos.")
DAMAGED = Sentence("Part of this photo is missing or damaged, so we could not open it.")
TOO_MANY_PIXELS = Sentence("This photo is too large to open safely.")


class PhotoRefused(Exception):
    """These bytes are no photo that we take. `code` is that of wire.md §3, `why` a plain sentence."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


@dataclass(frozen=True, slots=True)
class PhotoLook:
    """What the head of the file says: its real media type, and its size in pixels as stored."""

    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Picture:
    """One cleaned copy: JPEG bytes, size in pixels, hash of the bytes."""

    body: bytes
    width: int
    height: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CleanedPhoto:
    """The two copies that may be shown: at most 1600 and 320 pixels on the long edge."""

    display: Picture
    thumbnail: Picture


def look(body: bytes, most_pixels: int) -> PhotoLook:
    """Read the head and the frame of the file, without decoding a pixel: cheap enough for a request.

    Raises PhotoRefused `not-an-image` or `too-many-pixels`, and MemoryError, which says nothing of the file.
    """
    image = _open(body, most_pixels)
    media_type = _MEDIA_TYPES[image.format or ""]
    if breaks_off(body, media_type):
        raise PhotoRefused("not-an-image", DAMAGED)
    return PhotoLook(media_type, image.width, image.height)


def clean(body: bytes, most_pixels: int) -> CleanedPhoto:
    """Decode, turn the right way up, shrink, and encode afresh onto new images that carry nothing but pixels.

    Raises PhotoRefused for a file that breaks off or lies about itself, and when a finished copy is found to
    carry anything besides its pixels; MemoryError, which says nothing of the file.
    """
    image = _open(body, most_pixels)
    try:
        turn = _TURNS.get(image.getexif().get(_ORIENTATION, 1))
        display_image = _right_way_up(_shrunk(image), turn)
    except (PhotoRefused, MemoryError):
        raise
    except Exception as damage:  # a decoder may raise anything at all on a hostile file
        if _is_want_of_memory(damage):
            raise MemoryError from damage
        raise PhotoRefused("not-an-image", DAMAGED) from damage
    thumbnail_image = display_image.resize(
        _fit(display_image.size, THUMBNAIL_EDGE), Image.Resampling.BICUBIC, reducing_gap=1.0
    )
    return CleanedPhoto(_encode(display_image, quality=80), _encode(thumbnail_image, quality=75))


def nothing_but_pixels(jpeg: bytes) -> bool:
    """Whether a JPEG has only the parts that a picture needs: no EXIF, XMP, profile, comment or thumbnail.

    Walks the segments itself, so that it does not share a blind spot with the library that wrote them.
    """
    if jpeg[:2] != b"\xff\xd8":
        return False
    at = 2
    while at + 4 <= len(jpeg):
        if jpeg[at] != 0xFF:
            return False
        marker = jpeg[at + 1]
        length = int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker == 0xDA:
            # After the scan only entropy-coded data may follow, and the file must end with its end mark.
            return jpeg.find(b"\xff\xd9", at) == len(jpeg) - 2
        if marker == 0xE0:
            segment = jpeg[at + 4 : at + 2 + length]
            if not segment.startswith(b"JFIF\x00") or segment[12:14] != b"\x00\x00":
                return False
        elif marker not in _PICTURE_MARKERS:
            return False
        at += 2 + length
    return False


# Quantisation, Huffman, restart interval, and the frame headers for baseline and progressive.
_PICTURE_MARKERS = frozenset({0xDB, 0xC4, 0xDD, 0xC0, 0xC1, 0xC2})


def _open(body: bytes, most_pixels: int) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(body), formats=_FORMATS)
        width, height = image.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise PhotoRefused("too-many-pixels", TOO_MANY_PIXELS) from bomb
    except MemoryError:
        raise
    except Exception as unreadable:  # a parser may raise anything at all on a hostile file
        if _is_want_of_memory(unreadable):
            raise MemoryError from unreadable
        raise PhotoRefused("not-an-image", NOT_AN_IMAGE) from unreadable
    if width * height > most_pixels:
        raise PhotoRefused("too-many-pixels", TOO_MANY_PIXELS)
    if width < 1 or height < 1:
        raise PhotoRefused("not-an-image", NOT_AN_IMAGE)
    return image


def _is_want_of_memory(damage: Exception) -> bool:
    """Pillow says of its own decoders only in words that they found no memory; the file may be as good as any."""
    return isinstance(damage, OSError) and str(damage).startswith("out of memory")


def _fit(size: tuple[int, int], edge: int) -> tuple[int, int]:
    width, height = size
    longest = max(width, height)
    if longest <= edge:
        return size
    return max(1, round(width * edge / longest)), max(1, round(height * edge / longest))


def _shrunk(image: Image.Image) -> Image.Image:
    wanted = _fit(image.size, DISPLAY_EDGE)
    # JPEG can decode straight to a half, a quarter or an eighth, never below what is asked for here.
    image.draft(None, wanted)
    image.load()
    plain = _as_rgb(image)
    if plain.size == wanted:
        return plain
    # Bilinear over the whole area: half the cost of bicubic here, and no difference that an eye would find.
    return plain.resize(wanted, Image.Resampling.BILINEAR, reducing_gap=2.0)


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.mode.startswith("I"):
        # 16 bits a pixel: a plain convert would cut off everything brighter than 255.
        return image.convert("I").point(lambda value: value / 257).convert("L").convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        see_through = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(see_through, mask=see_through.getchannel("A"))
        return paper
    return image.convert("RGB")


def _right_way_up(image: Image.Image, turn: Image.Transpose | None) -> Image.Image:
    turned = image if turn is None else image.transpose(turn)
    fresh = Image.new("RGB", turned.size)
    fresh.paste(turned)
    return fresh


def _encode(image: Image.Image, quality: int) -> Picture:
    written = io.BytesIO()
    image.save(written, "JPEG", quality=quality)
    body = written.getvalue()
    if not nothing_but_pixels(body):
        raise PhotoRefused("not-an-image", DAMAGED)
    again = Image.open(io.BytesIO(body), formats=("JPEG",))
    if again.size != image.size or again.getexif() or set(again.info) - _JFIF_FACTS:
        raise PhotoRefused("not-an-image", DAMAGED)
    return Picture(body, image.width, image.height, hashlib.sha256(body).hexdigest())


_JFIF_FACTS = frozenset({"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"})
