"""Small photos that no other is like, for whoever sends many."""

from __future__ import annotations

import io
from random import Random

from PIL import Image


def a_photo(rng: Random, width: int = 48, height: int = 36) -> bytes:
    """A JPEG of noise."""
    image = Image.frombytes("RGB", (width, height), rng.randbytes(width * height * 3))
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=90)
    return kept.getvalue()
