"""Tells from a file's bytes whether it is a recording of sound that we take, and how long it lasts.

Walks the frame of the three containers that phones write, without decoding a sound: WebM (RFC 8794, RFC 9559),
Ogg (RFC 3533) and MP4 (ISO/IEC 14496-12). A file with pictures in it, or one that breaks off, is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shared.contracts.sentences import Sentence

MOST_SECONDS = 180
_WOBBLE = 5
"""A recorder stops a little after it was told to; nobody loses their words over that."""
_MOST_PIECES = 100_000
"""More pieces than this no recording of three minutes has, and no file makes us count further."""

NOT_A_RECORDING = Sentence("This is not a recording that we can play. We can take sound as WebM, Ogg or MP4.")
BREAKS_OFF = Sentence("Part of this recording is missing, so it cannot be played. Please record it again.")
NO_SOUND = Sentence("There is no sound in this recording. Please record it again.")
PICTURES = Sentence("There are pictures in this recording. We only take sound.")
TOO_LONG = Sentence("This recording is longer than three minutes. Say it in two or three shorter ones.")


class RecordingRefused(Exception):
    """These bytes are no recording that we take. `code` is for programs, `why` a plain sentence."""

    def __init__(self, why: str, code: str = "not-a-recording") -> None:
        super().__init__(why)
        self.code = code
        self.why = why


@dataclass(frozen=True, slots=True)
class Recording:
    """What the bytes are, whatever their sender called them, and how long they last."""

    media_type: str
    seconds: float


def listen_to_frame(body: bytes) -> Recording:
    """What kind of recording this is. Raises RecordingRefused."""
    for starts, media_type, measure in _KINDS:
        if starts(body):
            try:
                seconds = measure(body)
            except IndexError:
                raise RecordingRefused(BREAKS_OFF) from None
            if seconds > MOST_SECONDS + _WOBBLE:
                raise RecordingRefused(TOO_LONG, "too-long")
            return Recording(media_type, seconds)
    raise RecordingRefused(NOT_A_RECORDING)


def _number(body: bytes, at: int, length: int, order: str = "big") -> int:
    """A number of `length` bytes. Raises IndexError where the file is over before it."""
    if at + length > len(body):
        raise IndexError(at)
    return int.from_bytes(body[at : at + length], "little" if order == "little" else "big")


# --- WebM ---

_EBML, _DOC_TYPE, _SEGMENT, _INFO, _TRACKS, _TRACK = 0x1A45DFA3, 0x4282, 0x18538067, 0x1549A966, 0x1654AE6B, 0xAE
_CLUSTER, _GROUP, _TIME, _SCALE, _TRACK_TYPE = 0x1F43B675, 0xA0, 0xE7, 0x2AD7B1, 0x83
_BLOCKS = frozenset({0xA3, 0xA1})
_OPENED = frozenset({_EBML, _SEGMENT, _INFO, _TRACKS, _TRACK, _CLUSTER, _GROUP})
_MAY_BE_ENDLESS = frozenset({_SEGMENT, _CLUSTER})
_VIDEO, _AUDIO = 1, 2


def _webm_seconds(body: bytes) -> float:
    scale, cluster, last, blocks = 1_000_000, 0, 0, 0
    kinds: set[int] = set()
    doc_type = b""
    for element, at, end in elements(body):
        if element in _BLOCKS:
            start = at + _vint_length(body, at)
            last = max(last, cluster + int.from_bytes(body[start : start + 2], "big", signed=True))
            blocks += 1
        elif element == _TIME:
            cluster = _number(body, at, min(end - at, 8))
        elif element == _SCALE:
            scale = _number(body, at, min(end - at, 8))
        elif element == _TRACK_TYPE:
            kinds.add(_number(body, at, min(end - at, 8)))
        elif element == _DOC_TYPE:
            doc_type = body[at:end]
    if doc_type.rstrip(b"\0") != b"webm":
        raise RecordingRefused(NOT_A_RECORDING)
    _refuse_unless_sound(sound=_AUDIO in kinds and blocks > 0, pictures=_VIDEO in kinds)
    return last * scale / 1e9


def elements(body: bytes) -> Iterator[tuple[int, int, int]]:
    """(id, where its data begins, where it ends) of every element that holds data, in order."""
    at = 0
    for _ in range(_MOST_PIECES):
        if at >= len(body):
            return
        length = _vint_length(body, at)
        element = _number(body, at, length)
        at += length
        length = _vint_length(body, at)
        size = _number(body, at, length) & ((1 << 7 * length) - 1)
        at += length
        endless = size == (1 << 7 * length) - 1
        if endless and element not in _MAY_BE_ENDLESS:
            raise RecordingRefused(NOT_A_RECORDING)
        if not endless and at + size > len(body):
            raise RecordingRefused(BREAKS_OFF)
        if element not in _OPENED:
            yield element, at, at + size
            at += size
    raise RecordingRefused(NOT_A_RECORDING)


def _vint_length(body: bytes, at: int) -> int:
    first = body[at]
    if first == 0:
        raise RecordingRefused(NOT_A_RECORDING)
    return 9 - first.bit_length()


# --- Ogg ---

_FIRST, _NO_PACKET_ENDS = 2, 2**64 - 1


def _ogg_seconds(body: bytes) -> float:
    at, rate, skipped, last, pages = 0, 0, 0, 0, 0
    while at < len(body):
        if body[at : at + 4] != b"OggS"[: len(body) - at] or pages > _MOST_PIECES:
            raise RecordingRefused(NOT_A_RECORDING)
        kind, place = _number(body, at + 5, 1), _number(body, at + 6, 8, "little")
        lengths = _number(body, at + 26, 1)
        data = at + 27 + lengths
        _number(body, data, 0)
        end = data + sum(body[at + 27 : data])
        if end > len(body):
            raise RecordingRefused(BREAKS_OFF)
        if kind & _FIRST:
            if rate:
                raise RecordingRefused(NOT_A_RECORDING)  # a second stream, beside the sound or after it
            rate, skipped = _ogg_codec(body[data:end])
        elif place != _NO_PACKET_ENDS:
            last = max(last, place)
        pages += 1
        at = end
    _refuse_unless_sound(sound=rate > 0 and last > skipped, pictures=False)
    return (last - skipped) / rate


def _ogg_codec(head: bytes) -> tuple[int, int]:
    """Samples a second, and how many at the start are not heard. Raises RecordingRefused for what is not sound."""
    if head.startswith(b"OpusHead"):
        return 48_000, _number(head, 10, 2, "little")
    if head.startswith(b"\x01vorbis"):
        return max(1, _number(head, 12, 4, "little")), 0
    raise RecordingRefused(NOT_A_RECORDING)


# --- MP4 ---

_BOXES_OPENED = frozenset({b"moov", b"trak", b"mdia", b"mvex", b"moof", b"traf"})


def _mp4_seconds(body: bytes) -> float:
    ticks, pieces, usual, usual_here, whole, data = 0, 0, 0, 0, 0.0, 0
    handlers: set[bytes] = set()
    for box, at, end in boxes(body):
        if box == b"hdlr":
            handlers.add(body[at + 8 : at + 12])
        elif box == b"mvhd":
            whole = _duration(body, at)
        elif box == b"mdhd":
            ticks = _number(body, at + (20 if body[at] == 1 else 12), 4)
        elif box == b"trex":
            usual = _number(body, at + 12, 4)
        elif box == b"tfhd":
            usual_here = _usual_length(body, at, usual)
        elif box == b"trun":
            pieces += _run_length(body, at, end, usual_here)
        elif box == b"mdat":
            data += end - at
    _refuse_unless_sound(sound=b"soun" in handlers and data > 0, pictures=b"vide" in handlers)
    return max(whole, pieces / ticks if ticks else 0.0)


def boxes(body: bytes) -> Iterator[tuple[bytes, int, int]]:
    """(type, where its data begins, where it ends) of every box that holds data, in order."""
    at = 0
    for _ in range(_MOST_PIECES):
        if at >= len(body):
            return
        size, box, head = _number(body, at, 4), body[at + 4 : at + 8], 8
        if size == 1:
            size, head = _number(body, at + 8, 8), 16
        elif size == 0:
            size = len(body) - at
        if size < head:
            raise RecordingRefused(NOT_A_RECORDING)
        if at + size > len(body):
            raise RecordingRefused(BREAKS_OFF)
        if box in _BOXES_OPENED:
            at += head
        else:
            yield box, at + head, at + size
            at += size
    raise RecordingRefused(NOT_A_RECORDING)


def _duration(body: bytes, at: int) -> float:
    if body[at] == 1:
        ticks, length = _number(body, at + 20, 4), _number(body, at + 24, 8)
    else:
        ticks, length = _number(body, at + 12, 4), _number(body, at + 16, 4)
    unknown = length in (2**32 - 1, 2**64 - 1)
    return 0.0 if unknown or not ticks else length / ticks


def _usual_length(body: bytes, at: int, usual: int) -> int:
    """How long a sample of this fragment lasts, where it does not say so itself."""
    flags = _number(body, at, 4) & 0xFFFFFF
    if not flags & 0x8:
        return usual
    return _number(body, at + 8 + 8 * bool(flags & 0x1) + 4 * bool(flags & 0x2), 4)


def _run_length(body: bytes, at: int, end: int, usual: int) -> int:
    """How long the samples of one run last together."""
    flags, count = _number(body, at, 4) & 0xFFFFFF, _number(body, at + 4, 4)
    if not flags & 0x100:
        return count * usual
    at += 8 + 4 * bool(flags & 0x1) + 4 * bool(flags & 0x4)
    step = 4 * sum(bool(flags & one) for one in (0x100, 0x200, 0x400, 0x800))
    if at + count * step > end:
        raise RecordingRefused(BREAKS_OFF)
    return sum(_number(body, at + number * step, 4) for number in range(count))


def _refuse_unless_sound(*, sound: bool, pictures: bool) -> None:
    if pictures:
        raise RecordingRefused(PICTURES)
    if not sound:
        raise RecordingRefused(NO_SOUND)


_KINDS: tuple[tuple[Callable[[bytes], bool], str, Callable[[bytes], float]], ...] = (
    (lambda body: body.startswith(b"\x1a\x45\xdf\xa3"), "audio/webm", _webm_seconds),
    (lambda body: body.startswith(b"OggS"), "audio/ogg", _ogg_seconds),
    (lambda body: body[4:8] == b"ftyp", "audio/mp4", _mp4_seconds),
)
MEDIA_TYPES = tuple(media_type for _, media_type, _ in _KINDS)
