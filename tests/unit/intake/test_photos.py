"""Photos as phones and strangers send them: what is taken, what is refused, and that nothing but pixels is left."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, ImageCms, ImageDraw, ImageFile, PngImagePlugin

from services.intake.photos import PhotoRefused, clean, look, nothing_but_pixels

MOST = 50_000_000
SECRETS = (b"GPS", b"Exif", b"Canon", b"comment-of-the-camera", b"ICC_PROFILE", b"xmpmeta", b"http://")


def scene(size: tuple[int, int] = (800, 600), mode: str = "RGB") -> Image.Image:
    """A picture whose top left corner is red and whose bottom right corner is blue, to see which way is up."""
    image = Image.new("RGB", size, "green")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, size[0] // 3, size[1] // 3), fill="red")
    draw.rectangle((2 * size[0] // 3, 2 * size[1] // 3, size[0], size[1]), fill="blue")
    return image.convert(mode)


def camera_exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "Canon"
    exif[0x0112] = orientation
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 49.0, 20.0), 3: "W", 4: (0.0, 8.0, 10.0)})
    return exif


def written(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def colour(body: bytes, at: tuple[float, float]) -> str:
    image = Image.open(io.BytesIO(body)).convert("RGB")
    found = image.getpixel((int(at[0] * image.width), int(at[1] * image.height)))
    assert isinstance(found, tuple)
    return ["red", "green", "blue"][found.index(max(found))]


def test_a_phone_jpeg_loses_everything_but_its_pixels() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    body = written(
        scene(), exif=camera_exif(), comment=b"comment-of-the-camera", icc_profile=profile, xmp=b"<x:xmpmeta/>"
    )
    assert all(secret in body for secret in (b"Exif", b"Canon", b"comment-of-the-camera", b"ICC_PROFILE", b"xmpmeta"))
    cleaned = clean(body, MOST)
    for copy in (cleaned.display, cleaned.thumbnail):
        assert not any(secret in copy.body for secret in SECRETS)
        again = Image.open(io.BytesIO(copy.body))
        assert not again.getexif()
        assert "comment" not in again.info
        assert "icc_profile" not in again.info
        assert nothing_but_pixels(copy.body)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_way_a_camera_can_be_held_comes_out_the_right_way_up(orientation: int) -> None:
    upright = scene()
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the turn that a camera held like that would have stored
    held = upright if orientation == 1 else upright.transpose(Image.Transpose(undo[orientation]))
    cleaned = clean(written(held, quality=95, exif=camera_exif(orientation)), MOST).display
    assert (cleaned.width, cleaned.height) == (800, 600)
    assert colour(cleaned.body, (0.05, 0.05)) == "red"
    assert colour(cleaned.body, (0.95, 0.95)) == "blue"


@pytest.mark.parametrize(
    ("size", "display", "thumbnail"),
    [
        ((4000, 3000), (1600, 1200), (320, 240)),
        ((3000, 4001), (1200, 1600), (240, 320)),
        ((1600, 1200), (1600, 1200), (320, 240)),
        ((100, 50), (100, 50), (100, 50)),
        ((9000, 3), (1600, 1), (320, 1)),
    ],
)
def test_the_copies_have_the_sizes_of_the_contract(
    size: tuple[int, int], display: tuple[int, int], thumbnail: tuple[int, int]
) -> None:
    cleaned = clean(written(scene(size)), MOST)
    assert (cleaned.display.width, cleaned.display.height) == display
    assert (cleaned.thumbnail.width, cleaned.thumbnail.height) == thumbnail


def _sixteen_bit_grey() -> bytes:
    image = Image.new("I;16", (40, 40), 40_000)
    return written(image, "PNG")


MAKERS: dict[str, Callable[[], bytes]] = {
    "PNG": lambda: written(scene(), "PNG"),
    "WebP": lambda: written(scene(), "WEBP"),
    "HEIC": lambda: written(scene(), "HEIF"),
    "CMYK JPEG": lambda: written(scene(mode="CMYK")),
    "grey JPEG": lambda: written(scene(mode="L")),
    "palette PNG": lambda: written(scene(mode="P"), "PNG"),
    "one-bit PNG": lambda: written(scene(mode="1"), "PNG"),
    "see-through PNG": lambda: written(Image.new("RGBA", (30, 30), (255, 0, 0, 0)), "PNG"),
    "grey see-through PNG": lambda: written(Image.new("LA", (30, 30), (0, 0)), "PNG"),
    "see-through palette PNG": lambda: written(scene(mode="P"), "PNG", transparency=0),
    "16-bit PNG": _sixteen_bit_grey,
    "moving WebP": lambda: written(
        scene(), "WEBP", save_all=True, append_images=[Image.new("RGB", (800, 600), "black")]
    ),
    "moving PNG": lambda: written(scene(), "PNG", save_all=True, append_images=[Image.new("RGB", (800, 600), "black")]),
}


@pytest.mark.parametrize("kind", MAKERS)
def test_every_kind_that_a_phone_writes_becomes_a_clean_jpeg(kind: str) -> None:
    body = MAKERS[kind]()
    look(body, MOST)
    cleaned = clean(body, MOST)
    assert nothing_but_pixels(cleaned.display.body)
    assert Image.open(io.BytesIO(cleaned.display.body)).mode == "RGB"


def test_what_is_see_through_becomes_white_and_sixteen_bits_keep_their_brightness() -> None:
    white = Image.open(io.BytesIO(clean(MAKERS["see-through PNG"](), MOST).display.body)).getpixel((5, 5))
    assert isinstance(white, tuple)
    assert min(white) > 250
    grey = Image.open(io.BytesIO(clean(_sixteen_bit_grey(), MOST).display.body)).getpixel((5, 5))
    assert isinstance(grey, tuple)
    assert abs(grey[0] - 40_000 / 257) < 3


def test_of_a_moving_picture_only_the_first_is_kept() -> None:
    for kind in ("moving WebP", "moving PNG"):
        assert colour(clean(MAKERS[kind](), MOST).display.body, (0.05, 0.05)) == "red"


def test_the_look_tells_the_real_kind_whatever_the_name_says() -> None:
    assert look(written(scene(), "PNG"), MOST).media_type == "image/png"
    assert look(written(scene(), "HEIF"), MOST).media_type == "image/heic"
    assert (look(written(scene()), MOST).width, look(written(scene()), MOST).height) == (800, 600)


NOT_IMAGES = {
    "nothing": b"",
    "words": b"hello, this is not a photo",
    "SVG": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "HTML": b"<html><body>hi</body></html>",
    "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "zip": b"PK\x03\x04" + bytes(60),
    "GIF": written(Image.new("P", (4, 4)), "GIF"),
    "BMP": written(Image.new("RGB", (4, 4)), "BMP"),
    "TIFF": written(Image.new("RGB", (4, 4)), "TIFF"),
    "start of a JPEG": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
}


@pytest.mark.parametrize("kind", NOT_IMAGES)
def test_what_is_no_photo_is_refused_with_a_sentence(kind: str) -> None:
    with pytest.raises(PhotoRefused) as refused:
        look(NOT_IMAGES[kind], MOST)
    assert refused.value.code == "not-an-image"
    assert refused.value.why.endswith(".")


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(7072, 7071), (10_000, 10_000), (50_000, 50_000), (2_000_000, 30)])
def test_a_bomb_is_refused_by_its_head_before_anything_is_decoded(size: tuple[int, int]) -> None:
    for step in (look, clean):
        with pytest.raises(PhotoRefused) as refused:
            step(png_that_claims(*size), MOST)
        assert refused.value.code == "too-many-pixels"


def test_a_photo_of_exactly_the_limit_passes_the_look() -> None:
    look(png_that_claims(5000, 10_000), MOST)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.97])
def test_a_photo_that_breaks_off_is_refused(kind: str, share: float) -> None:
    whole = written(Image.effect_noise((300, 300), 90).convert("RGB"), kind)
    with pytest.raises(PhotoRefused) as refused:
        clean(whole[: int(len(whole) * share)], MOST)
    assert refused.value.code == "not-an-image"


@pytest.mark.parametrize("trouble", [MemoryError(), OSError("out of memory error when reading image file")])
def test_want_of_memory_condemns_no_photo(trouble: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def starved(*_args: object, **_named: object) -> None:
        raise trouble

    monkeypatch.setattr(ImageFile.ImageFile, "load", starved)
    with pytest.raises(MemoryError):
        clean(written(scene()), MOST)
    monkeypatch.setattr("services.intake.photos.Image.open", starved)
    for step in (look, clean):
        with pytest.raises(MemoryError):
            step(b"whatever", MOST)


def test_png_text_is_not_carried_over() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "Somebody Known")
    assert b"Somebody" not in clean(written(scene(), "PNG", pnginfo=text), MOST).display.body


def test_the_check_of_a_finished_copy_sees_what_should_not_be_there() -> None:
    plain = written(scene())
    assert nothing_but_pixels(plain)
    assert not nothing_but_pixels(written(scene(), exif=camera_exif()))
    assert not nothing_but_pixels(written(scene(), comment=b"x"))
    assert not nothing_but_pixels(plain + b"something hidden behind the picture")
    assert not nothing_but_pixels(plain[:-2])
    assert not nothing_but_pixels(b"not a jpeg")
