"""Which files are taken for recordings, by what their bytes say."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.recording import BREAKS_OFF, PICTURES, RecordingRefused, listen_to_frame
from tests.unit.intake.sounds import MP4, VORBIS, WEBM, a_webm, an_mp4, an_ogg, box, page

TAKEN = {
    "a phone's WebM": (WEBM, "audio/webm", 1.14),
    "a phone's MP4": (MP4, "audio/mp4", 1.161),
    "a WebM that streams": (a_webm(12.5), "audio/webm", 12.5),
    "Ogg Opus": (an_ogg(7), "audio/ogg", 7.0),
    "Ogg Vorbis": (an_ogg(7, head=VORBIS, rate=44_100), "audio/ogg", 7.0),
    "a whole MP4": (an_mp4(60), "audio/mp4", 60.0),
    "an MP4 in pieces": (an_mp4(20, pieces=3), "audio/mp4", 60.0),
    "three minutes": (a_webm(180), "audio/webm", 180.0),
}


@pytest.mark.parametrize(("body", "media_type", "seconds"), TAKEN.values(), ids=TAKEN.keys())
def test_what_phones_record_is_taken_and_measured(body: bytes, media_type: str, seconds: float) -> None:
    found = listen_to_frame(body)
    assert (found.media_type, round(found.seconds, 1)) == (media_type, round(seconds, 1))


def a_zip() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as folder:
        folder.writestr("a.txt", "a")
    return file.getvalue()


FOREIGN = {
    "nothing": b"",
    "one byte": b"\x1a",
    "text": b"I said this aloud.",
    "HTML": b"<!doctype html><script>1</script>",
    "a zip": a_zip(),
    "MP3": b"ID3\x04\x00\x00" + bytes(200),
    "WAV": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(200),
    "Matroska": a_webm(doc_type=b"matroska"),
    "a film in WebM": a_webm(kinds=(2, 1)),
    "a film in MP4": an_mp4(handler=b"vide"),
    "a film in Ogg": page(b"\x80theora" + bytes(40), 0, first=True),
    "sound and more in Ogg": an_ogg() + an_ogg(),
    "WebM without a track": a_webm(kinds=()),
    "WebM without a sound": a_webm(blocks=0),
    "Ogg without a sound": page(VORBIS, 0, first=True),
    "MP4 without a sound": an_mp4(data=b""),
    "MP4 of boxes without length": box(b"ftyp", b"mp42") + b"\0\0\0\x04free",
    "elements without end": WEBM[:40] + b"\x80\x80" * 200_000,
    "boxes without end": box(b"ftyp", b"mp42") + box(b"free", b"") * 200_000,
    "an element without a name": WEBM[:40] + bytes(100),
}


@pytest.mark.parametrize("body", FOREIGN.values(), ids=FOREIGN.keys())
def test_what_is_no_recording_is_refused_in_a_sentence(body: bytes) -> None:
    with pytest.raises(RecordingRefused) as refused:
        listen_to_frame(body)
    assert refused.value.code == "not-a-recording"
    assert refused.value.why.endswith(".")


def test_pictures_are_named_as_what_is_wrong() -> None:
    with pytest.raises(RecordingRefused, match=PICTURES):
        listen_to_frame(a_webm(kinds=(2, 1)))


@pytest.mark.parametrize("body", [a_webm(190), an_ogg(190), an_mp4(190), an_mp4(64, pieces=3)])
def test_more_than_three_minutes_is_too_long(body: bytes) -> None:
    with pytest.raises(RecordingRefused) as refused:
        listen_to_frame(body)
    assert refused.value.code == "too-long"


@pytest.mark.parametrize("body", [WEBM, MP4, an_ogg(3)], ids=["WebM", "MP4", "Ogg"])
def test_a_recording_that_breaks_off_anywhere_is_refused(body: bytes) -> None:
    whys = set()
    for cut in range(8, len(body), 7):
        with pytest.raises(RecordingRefused) as refused:
            listen_to_frame(body[:cut])
        whys.add(refused.value.why)
    assert BREAKS_OFF in whys


@given(st.sampled_from([WEBM, MP4, an_ogg(3), an_mp4(2, pieces=2)]), st.data())
def test_no_bytes_surprise_us(body: bytes, data: st.DataObject) -> None:
    changed = bytearray(body)
    for at in data.draw(st.lists(st.integers(0, len(body) - 1), max_size=8)):
        changed[at] = data.draw(st.integers(0, 255))
    with suppress(RecordingRefused):
        assert listen_to_frame(bytes(changed)).seconds <= 185
