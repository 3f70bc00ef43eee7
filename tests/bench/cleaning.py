"""(b) Cleaning a photo, both copies made, beside Pillow's bare decode and encode of the same file."""

from __future__ import annotations

import io

from PIL import Image

from services.intake.photos import clean
from tests.bench import visits
from tests.bench.goals import Goals, say
from tests.bench.load import milliseconds


def measured(goals: Goals) -> dict[str, float]:
    """Run all of (b); the figures."""
    phone, camera = visits.picture(1600, 1200, 1), visits.picture(4000, 3000, 2)
    ours, bare = milliseconds(lambda: clean(phone, 50_000_000), 25), milliseconds(lambda: _decode_and_encode(phone), 25)
    say(f"  1600 × 1200 ({len(phone) // 1000} KB): {ours:.1f} ms, bare {bare:.1f} ms: {bare / ours:.0%} of bare speed")
    big, decoded = milliseconds(lambda: clean(camera, 50_000_000), 8), milliseconds(lambda: _decode(camera), 8)
    say(f"  4000 × 3000 ({len(camera) // 1000} KB): {big:.0f} ms, bare decode {decoded:.0f} ms: {big / decoded:.2f} ×")
    goals.least("(b) cleaning at 1600 px, of bare Pillow's speed", bare / ours, 0.6)
    goals.most("(b) cleaning 12 megapixels, times a bare decode", big / decoded, 1.5, " ×")
    return {
        "phone_ms": ours,
        "phone_share_of_bare": bare / ours,
        "camera_ms": big,
        "camera_times_decode": big / decoded,
    }


def _decode(photo: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(photo))
    image.load()
    return image


def _decode_and_encode(photo: bytes) -> None:
    _decode(photo).save(io.BytesIO(), "JPEG", quality=80)
