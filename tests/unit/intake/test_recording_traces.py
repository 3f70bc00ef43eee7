"""What a recorder writes beside the sound is blanked; the sound, and where it lies, stays."""

from __future__ import annotations

import struct

import pytest

from services.intake.domain.recording import listen_to_frame
from services.intake.domain.recording_traces import without_traces
from tests.unit.intake.sounds import MP4, WEBM, a_webm, an_mp4, an_ogg, box, element

SECRET = b"+50.8225-000.1372/ Sam's phone"


def cleaned(body: bytes) -> bytes:
    """The same without traces: as long, and the same recording."""
    before = listen_to_frame(body)
    clean = without_traces(body, before.media_type)
    assert len(clean) == len(body)
    assert listen_to_frame(clean) == before
    return clean


@pytest.mark.parametrize("body", [WEBM, MP4, an_mp4(5, pieces=3), a_webm(7), an_ogg(3)])
def test_the_sound_stays(body: bytes) -> None:
    clean = cleaned(body)
    assert without_traces(clean, listen_to_frame(clean).media_type) == clean
    assert sum(one != other for one, other in zip(body, clean, strict=True)) < len(body) // 4


@pytest.mark.parametrize("name", [b"udta", b"meta", b"uuid"])
@pytest.mark.parametrize("wide", [False, True])
def test_what_an_mp4_says_beside_the_sound_goes(name: bytes, wide: bool) -> None:
    inside = box(b"\xa9xyz", SECRET)
    more = struct.pack(">I4sQ", 1, name, len(inside) + 16) + inside if wide else box(name, inside)
    sound = box(b"mdat", b"sound")
    for body in (an_mp4(4) + more, an_mp4(4).replace(sound, more + sound)):
        clean = cleaned(body)
        assert SECRET in body
        assert SECRET not in clean
        assert name not in clean
        assert b"sound" in clean


def test_an_mp4_does_not_say_when_it_was_made() -> None:
    when = struct.pack(">II", 3_970_000_000, 3_970_000_001)
    times = box(b"mvhd", bytes(4) + when + struct.pack(">II", 1000, 4000))
    body = an_mp4(4).replace(box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, 4000)), times)
    assert when in body
    assert when not in cleaned(body)


@pytest.mark.parametrize("size", [1, 2, 8, 9, 30, 400])
@pytest.mark.parametrize("name", [b"\x12\x54\xc3\x67", b"\x19\x41\xa4\x69", b"\x10\x43\xa7\x70"])
def test_what_a_webm_says_beside_the_sound_goes(name: bytes, size: int) -> None:
    said = (SECRET * 20)[:size]
    info = element(b"\x2a\xd7\xb1", (1_000_000).to_bytes(3, "big"))
    body = a_webm(4)
    head = body.index(b"\x15\x49\xa9\x66")
    body = body[:head] + element(name, said) + body[head:]
    assert info in cleaned(body)
    assert element(name, said) not in cleaned(body)


def test_a_webm_does_not_say_when_it_was_made_nor_what_it_is_called() -> None:
    scale = element(b"\x2a\xd7\xb1", (1_000_000).to_bytes(3, "big"))
    named = scale + element(b"\x44\x61", (800_000_000).to_bytes(8, "big")) + element(b"\x7b\xa9", SECRET)
    plain = element(b"\x15\x49\xa9\x66", scale)
    body = a_webm(4).replace(plain, element(b"\x15\x49\xa9\x66", named))
    clean = cleaned(body)
    assert SECRET in body
    assert SECRET not in clean
    assert (800_000_000).to_bytes(8, "big") not in clean
