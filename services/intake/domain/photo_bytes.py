"""Tells from the frame of a photo's file whether it breaks off, without decoding a pixel of it.

A file cut short on a bad line would otherwise be found out only when it is cleaned, and its sender would not know.
"""

from __future__ import annotations

_END_OF_JPEG = b"\xff\xd9"
_START_OF_SCAN = 0xDA
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})


def breaks_off(body: bytes, media_type: str) -> bool:
    """Whether the end of this file is missing. False where its kind does not tell."""
    if media_type == "image/jpeg":
        return _jpeg_breaks_off(body)
    if media_type == "image/png":
        return _png_breaks_off(body)
    if media_type == "image/webp":
        return len(body) < 12 or int.from_bytes(body[4:8], "little") + 8 > len(body)
    if media_type == "image/heic":
        return _boxes_break_off(body)
    return False


def _jpeg_breaks_off(body: bytes) -> bool:
    """ISO/IEC 10918-1 Annex B: after the start of a scan, the end marker can stand nowhere but at the end."""
    at = 2
    while at + 4 <= len(body):
        if body[at] != 0xFF:
            return True
        marker = body[at + 1]
        if marker == 0xFF:  # a fill byte before a marker
            at += 1
        elif marker in _WITHOUT_LENGTH:
            at += 2
        elif marker == _START_OF_SCAN:
            return body.rfind(_END_OF_JPEG, at) < 0
        else:
            at += 2 + int.from_bytes(body[at + 2 : at + 4], "big")
    return True


def _png_breaks_off(body: bytes) -> bool:
    """PNG (ISO/IEC 15948) §5: chunks of length, type, data and checksum, the last of them IEND."""
    at = 8
    while at + 12 <= len(body):
        length = int.from_bytes(body[at : at + 4], "big")
        if body[at + 4 : at + 8] == b"IEND":
            return False
        at += 12 + length
    return True


def _boxes_break_off(body: bytes) -> bool:
    """ISO base media file format (ISO/IEC 14496-12) §4.2: boxes that say how long they are."""
    at = 0
    while at + 8 <= len(body):
        size = int.from_bytes(body[at : at + 4], "big")
        if size == 0:  # up to the end of the file, wherever that is
            return False
        if size == 1:
            size = int.from_bytes(body[at + 8 : at + 16], "big")
        if size < 8:
            return True
        at += size
    return at != len(body)
