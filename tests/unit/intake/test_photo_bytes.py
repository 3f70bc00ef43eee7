"""A photo that was cut short is known by its frame; a whole one never is taken for one."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from pillow_heif import register_heif_opener

from services.intake.domain.photo_bytes import breaks_off

register_heif_opener()
KINDS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF"}


def photo(media_type: str, **how: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((200, 150), 60).convert("RGB").save(out, KINDS[media_type], **how)
    return out.getvalue()


@pytest.mark.parametrize("media_type", KINDS)
def test_a_whole_photo_does_not_break_off(media_type: str) -> None:
    assert not breaks_off(photo(media_type), media_type)


@pytest.mark.parametrize("media_type", KINDS)
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_a_part_of_one_does(media_type: str, part: float) -> None:
    whole = photo(media_type)
    assert breaks_off(whole[: int(len(whole) * part)], media_type)


def test_a_jpeg_with_a_small_picture_inside_or_something_behind_it_is_judged_by_itself() -> None:
    inner = photo("image/jpeg")
    outer = photo("image/jpeg", comment=inner[:40_000], progressive=True)
    assert not breaks_off(outer + b"a film behind the picture", "image/jpeg")
    assert breaks_off(outer[:-2], "image/jpeg")


@pytest.mark.parametrize("media_type", [*KINDS, "image/other"])
@pytest.mark.parametrize("body", [b"", b"\xff\xd8", b"\x00" * 40, b"\xff" * 40])
def test_nonsense_ends_with_an_answer(media_type: str, body: bytes) -> None:
    assert breaks_off(body, media_type) in (True, False)
