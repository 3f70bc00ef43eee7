"""Pictures as phones and unfriendly people make them, each from nothing, so that no photograph of anybody is needed."""

import struct
import zlib
from io import BytesIO

import pillow_heif
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

SECRETS = (b"SeasidePhone", b"for my eyes only", b"Taken at home", b"51.5", b"<script>", b"profile of one screen")
RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 160, 30), (30, 30, 200), (240, 240, 240)
Colour = tuple[int, int, int]


def quarters(width: int = 640, height: int = 480) -> Image.Image:
    """Red, green / blue, white: whoever turns it shows it."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(GREEN, (width // 2, 0, width, height // 2))
    picture.paste(BLUE, (0, height // 2, width // 2, height))
    picture.paste(WHITE, (width // 2, height // 2, width, height))
    return picture


def corners(picture: Image.Image) -> list[str]:
    """The nearest colour of each quarter, left to right, top to bottom."""
    picture = picture.convert("RGB")
    width, height = picture.size
    found = []
    for x, y in ((1, 1), (3, 1), (1, 3), (3, 3)):
        pixel = picture.getpixel((width * x // 4, height * y // 4))
        names = {"red": RED, "green": GREEN, "blue": BLUE, "white": WHITE}
        found.append(min(names, key=lambda name: _distance(names[name], pixel)))
    return found


def _distance(one: Colour, other: object) -> int:
    assert isinstance(other, tuple)
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def telltale_exif(orientation: int = 1) -> Image.Exif:
    """A camera's name, a comment and where it was."""
    exif = Image.Exif()
    exif[Base.Make] = "SeasidePhone"
    exif[Base.ImageDescription] = "Taken at home"
    exif[Base.Orientation] = orientation
    exif.get_ifd(IFD.Exif)[Base.UserComment] = b"ASCII\0\0\0for my eyes only"
    gps = exif.get_ifd(IFD.GPSInfo)
    gps[GPS.GPSLatitudeRef], gps[GPS.GPSLatitude] = "N", (51.5, 30.0, 12.0)
    gps[GPS.GPSLongitudeRef], gps[GPS.GPSLongitude] = "W", (0.0, 7.0, 39.0)
    return exif


def jpeg(orientation: int = 1) -> bytes:
    """A phone's JPEG with everything in it that could identify its owner, and a web page stuck to its end."""
    out = BytesIO()
    quarters().save(
        out,
        "JPEG",
        quality=90,
        exif=telltale_exif(orientation),
        comment=b"for my eyes only",
        icc_profile=b"profile of one screen" * 30,
        xmp=b"<x:xmpmeta><script>Taken at home</script></x:xmpmeta>",
    )
    return out.getvalue() + b"<script>alert(1)</script>"


def png() -> bytes:
    """A screenshot with words hidden in its chunks, and a see-through part."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", "for my eyes only")
    info.add_itxt("Place", "Taken at home")
    out = BytesIO()
    quarters().convert("RGBA").save(out, "PNG", pnginfo=info, exif=telltale_exif())
    return out.getvalue()


def webp() -> bytes:
    """A WebP with metadata."""
    out = BytesIO()
    quarters().save(out, "WEBP", exif=telltale_exif(), xmp=b"<x>Taken at home</x>")
    return out.getvalue()


def heic() -> bytes:
    """What an iPhone sends."""
    out = BytesIO()
    made = pillow_heif.from_pillow(quarters())
    made.save(out, quality=80, exif=telltale_exif().tobytes())
    return out.getvalue()


def odd(mode: str, kind: str) -> bytes:
    """A picture in a colour system that few expect."""
    picture = quarters()
    out = BytesIO()
    (Image.new("I;16", (64, 48), 40000) if mode == "I;16" else picture.convert(mode)).save(out, kind)
    return out.getvalue()


def other(kind: str) -> bytes:
    """A right picture of a kind that is not taken."""
    out = BytesIO()
    quarters(40, 30).save(out, kind)
    return out.getvalue()


def bomb(side: int = 20_000) -> bytes:
    """A small file that says it is four hundred megapixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    rows = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><title>x</title><script>alert(1)</script>"
