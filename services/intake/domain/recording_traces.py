"""Blanks what a phone's own recorder writes into a file beside the sound: where it was, when, on what device, what it
is called. A second person is to hear what was said and no more. Every byte keeps its place, so the sound is untouched.

MP4 (ISO/IEC 14496-12) and WebM (RFC 9559). Ogg stays as it came: each of its pages carries a sum over its bytes.
"""

from __future__ import annotations

from services.intake.domain.recording import boxes, elements

_FREE = b"free"
_SAY_MORE = frozenset({b"udta", b"meta", b"uuid"})
_TIMED = frozenset({b"mvhd", b"tkhd", b"mdhd"})
_TAGS, _ATTACHMENTS, _CHAPTERS = 0x1254C367, 0x1941A469, 0x1043A770
_DATE, _TITLE = 0x4461, 0x7BA9
_VOID = 0xEC


def without_traces(body: bytes, media_type: str) -> bytes:
    """The same recording, as long as before. `body` is one that `listen_to_frame` took for `media_type`."""
    clean = bytearray(body)
    if media_type == "audio/mp4":
        _blank_mp4(body, clean)
    elif media_type == "audio/webm":
        _blank_webm(body, clean)
    return bytes(clean)


def _blank_mp4(body: bytes, clean: bytearray) -> None:
    for box, at, end in boxes(body):
        if box in _SAY_MORE:
            name = at - 4 if body[at - 4 : at] == box else at - 12  # a box of 64 bits has its size after its name
            clean[name : name + 4] = _FREE
            clean[at:end] = bytes(end - at)
        elif box in _TIMED and end - at >= 20:
            length = 16 if body[at] == 1 else 8  # made, and changed, in seconds since 1904
            clean[at + 4 : at + 4 + length] = bytes(length)


def _blank_webm(body: bytes, clean: bytearray) -> None:
    for element, at, end in elements(body):
        if element in (_TAGS, _ATTACHMENTS, _CHAPTERS):
            clean[at:end] = _void(end - at)
        elif element in (_DATE, _TITLE):
            clean[at:end] = bytes(end - at)


def _void(size: int) -> bytes:
    """An element of EBML that says nothing, `size` bytes long in all; nothing of this kind is shorter than two."""
    if size < 2:
        return bytes(size)
    if size < 9:
        return bytes([_VOID, 0x80 | (size - 2)]) + bytes(size - 2)
    return bytes([_VOID, 0x01]) + (size - 9).to_bytes(7, "big") + bytes(size - 9)
