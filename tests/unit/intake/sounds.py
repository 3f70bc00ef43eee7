"""Recordings to try things with: real ones of a phone's browser, and ones laid out by hand with any length."""

from __future__ import annotations

import struct
from pathlib import Path

_FOLDER = Path(__file__).parent / "recordings"
WEBM = (_FOLDER / "phone.webm").read_bytes()
MP4 = (_FOLDER / "phone.mp4").read_bytes()


def element(name: bytes, data: bytes, *, endless: bool = False) -> bytes:
    """One element of EBML."""
    size = b"\x01" + b"\xff" * 7 if endless else (len(data) | 1 << 56).to_bytes(8, "big")
    return name + size + data


def a_webm(seconds: float = 1, *, kinds: tuple[int, ...] = (2,), doc_type: bytes = b"webm", blocks: int = 1) -> bytes:
    """A WebM as a recorder streams it: nothing says how long it is but its last block."""
    head = element(b"\x1a\x45\xdf\xa3", element(b"\x42\x82", doc_type))
    info = element(b"\x15\x49\xa9\x66", element(b"\x2a\xd7\xb1", (1_000_000).to_bytes(3, "big")))
    tracks = [element(b"\xae", element(b"\xd7", b"\x01") + element(b"\x83", bytes([kind]))) for kind in kinds]
    time = element(b"\xe7", int(seconds * 1000).to_bytes(4, "big"))
    block = element(b"\xa3", b"\x81\x00\x00\x80" + b"sound")
    cluster = element(b"\x1f\x43\xb6\x75", time + block * blocks, endless=True)
    body = info + element(b"\x16\x54\xae\x6b", b"".join(tracks)) + cluster
    return head + element(b"\x18\x53\x80\x67", body, endless=True)


def page(data: bytes, place: int, *, first: bool = False) -> bytes:
    """One page of an Ogg file."""
    lengths = bytes([255] * (len(data) // 255) + [len(data) % 255])
    head = struct.pack("<4sBBQIIIB", b"OggS", 0, 2 if first else 0, place, 7, 0, 0, len(lengths))
    return head + lengths + data


OPUS = b"OpusHead\x01\x01" + (312).to_bytes(2, "little") + (48_000).to_bytes(4, "little") + b"\0\0\0"
VORBIS = b"\x01vorbis" + bytes(4) + b"\x01" + (44_100).to_bytes(4, "little") + bytes(14)


def an_ogg(seconds: float = 1, *, head: bytes = OPUS, rate: int = 48_000) -> bytes:
    """An Ogg as Firefox records it."""
    return page(head, 0, first=True) + page(b"OpusTags", 0) + page(b"sound" * 100, int(seconds * rate) + 312)


def box(name: bytes, data: bytes) -> bytes:
    """One box of MP4."""
    return struct.pack(">I4s", len(data) + 8, name) + data


def an_mp4(seconds: int = 1, *, handler: bytes = b"soun", pieces: int = 0, data: bytes = b"sound") -> bytes:
    """An MP4: whole as an iPhone saves it, or in `pieces` of so many seconds each, as Safari records it."""
    rate = 48_000
    mvhd = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, 0 if pieces else seconds * 1000))
    mdhd = box(b"mdhd", struct.pack(">IIIII", 0, 0, 0, rate, 0))
    hdlr = box(b"hdlr", struct.pack(">II4s", 0, 0, handler) + bytes(13))
    moov = box(b"moov", mvhd + box(b"trak", box(b"mdia", mdhd + hdlr)))
    tfhd = box(b"tfhd", struct.pack(">III", 0x20008, 1, rate))
    run = box(b"moof", box(b"traf", tfhd + box(b"trun", struct.pack(">II", 0, seconds)))) + box(b"mdat", data)
    return box(b"ftyp", b"mp42" + bytes(4)) + moov + (run * pieces if pieces else box(b"mdat", data))
