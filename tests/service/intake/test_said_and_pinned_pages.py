"""Saying it instead of typing it, and pins on a sketch, on the pages that need no script."""

from __future__ import annotations

import gc
import io
import re
import warnings
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.intake.domain.pins import MOST_PINS
from services.intake.domain.sketch_plans import PLANS, middle_of
from services.intake.domain.voice_note import MOST_NOTES
from services.intake.store import voice_notes as store
from services.intake.use_cases.voice_notes import erase_due
from services.intake.voice_jobs import stored_recordings
from shared.contracts import instruments
from shared.storage.blobs.port import ObjectMissing
from tests.service.intake.test_visit_pages import SHOP, begun
from tests.service.intake.visiting import Browser, Intake, a_jpeg, the_plan
from tests.unit.intake.sounds import MP4, WEBM, a_webm, an_mp4, box

SENT = {"visited_on": "2026-10-10", "part_of_day": "evening"}


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path)
    yield house
    house.close()


def a_file(body: bytes, name: str = "Recording 1.m4a") -> tuple[io.BytesIO, str]:
    return io.BytesIO(body), name


def sounds_on(page: str) -> list[str]:
    return re.findall(r'<audio[^>]* src="([^"]+)"', page)


def test_a_recording_goes_with_its_part_is_heard_again_and_is_sent(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    visit = begun(me)
    page = me.open(f"{visit}/WA")
    assert 'accept="audio/*" capture' in page
    back = me.send(f"{visit}/WA", voice_taken=a_file(WEBM), **{"a.P-WA-07": "fine"})
    assert back == f"{visit}/WA#recordings"
    page = me.open(f"{visit}/WA")
    assert "Your recording is safe with us" in page
    (sound,) = sounds_on(page)
    heard = me.client.get(sound)
    assert (heard.status_code, heard.mimetype, heard.data) == (200, "audio/webm", WEBM)
    assert sounds_on(me.open(f"{visit}/RE")) == []
    assert "1 answered" in me.open(visit)
    assert "a recording of 2 seconds" in me.open(f"{visit}/check")
    me.send(f"{visit}/check", use_words="true", **SENT)
    visit_id = visit.rsplit("/", 1)[1]
    (listed,) = intake.as_("volunteer-1").get(visit_id).get_json()["voice_notes"]
    assert (listed["zone"], listed["seconds"], listed["media_type"]) == ("WA", 2, "audio/webm")
    assert "2 of 2 safe" in me.open(f"{visit}/receipt")
    assert len(intake.told()) == 1
    with intake.service.database.reading() as tx:
        (waiting,) = store.waiting(tx, listed_exercise(intake, visit_id), "somebody else", 5)
    assert waiting.voice_id == listed["voice_id"]


def listed_exercise(intake: Intake, visit_id: str) -> str:
    exercise: str = intake.as_("volunteer-1").get(visit_id).get_json()["exercise_id"]
    return exercise


def test_a_stage_of_the_talk_can_be_told_aloud_too(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    visit = begun(me, SHOP)
    me.open(f"{visit}/WE")
    me.send(f"{visit}/WE", voice_chosen=a_file(MP4), face="2")
    assert len(sounds_on(me.open(f"{visit}/WE"))) == 1
    me.send(f"{visit}/check", **SENT)
    (listed,) = intake.as_("volunteer-1").get(visit.rsplit("/", 1)[1]).get_json()["voice_notes"]
    assert (listed["stage"], listed["media_type"]) == ("WE", "audio/mp4")
    assert "zone" not in listed


def test_what_is_no_recording_is_refused_beside_its_field_and_nothing_else_is_lost(tmp_path: Path) -> None:
    intake = Intake(tmp_path, voice_bytes=10_000)
    me = Browser(intake, "volunteer-1")
    visit = begun(me)
    for wrong, said in (
        (b"#!AMR\n" + bytes(40), "We can take sound as WebM, Ogg or MP4."),
        (WEBM[:-7], "Part of this recording is missing"),
        (a_webm(500), "longer than three minutes"),
        (a_webm(1, blocks=900), "too big to send"),
    ):
        me.open(f"{visit}/RE")
        page = me.send(f"{visit}/RE", 422, voice_chosen=a_file(wrong), **{"a.P-RE-01": "fine"})
        assert said in page
        assert 'href="#f-voice"' in page
    assert "1 answered" in me.open(visit)
    assert sounds_on(me.open(f"{visit}/RE")) == []
    assert list(stored_recordings(intake.service)) == []
    intake.close()


def test_a_photo_and_a_recording_come_in_one_form_each_as_large_as_it_may_be(tmp_path: Path) -> None:
    photo, recording = a_jpeg(3), an_mp4() + box(b"free", bytes(1_100_000))
    intake = Intake(tmp_path, photo_bytes=len(photo), voice_bytes=len(recording))
    assert len(recording) > 1_000_000  # more than is left for words
    me = Browser(intake, "volunteer-1")
    visit = begun(me)
    me.open(f"{visit}/RE")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the test client leaves the file of a long form open
        me.send(f"{visit}/RE", photo_taken=(io.BytesIO(photo), "IMG_1.jpg"), voice_taken=a_file(recording))
        gc.collect()
    assert len(sounds_on(me.open(f"{visit}/RE"))) == 1
    intake.close()


def test_there_is_room_for_so_many_recordings(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    visit = begun(me)
    me.open(f"{visit}/WA")
    for number in range(MOST_NOTES):
        me.send(f"{visit}/WA", voice_taken=a_file(a_webm(number + 1)))
    page = me.send(f"{visit}/WA", 422, voice_taken=a_file(WEBM))
    assert f"room for {MOST_NOTES} recordings" in page
    assert len(sounds_on(page)) == MOST_NOTES


def test_a_recording_that_is_thrown_away_is_erased_at_once(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    visit = begun(me)
    me.open(f"{visit}/WA")
    me.send(f"{visit}/WA", voice_taken=a_file(WEBM))
    # The answer was lost on the way, so it is sent again.
    me.send(f"{visit}/WA", voice_taken=a_file(WEBM))
    me.send(f"{visit}/RE", voice_taken=a_file(WEBM))
    (first,), (second,) = sounds_on(me.open(f"{visit}/WA")), sounds_on(me.open(f"{visit}/RE"))
    me.send(f"{visit}/WA", throw_voice_away=first.rsplit("/", 1)[1], first="Hard chairs.")
    page = me.open(f"{visit}/WA")
    assert "Nothing of it is left" in page
    assert "Hard chairs." in page
    assert sounds_on(page) == []
    assert me.client.get(first).status_code == 404
    # The same bytes stand under the other one.
    assert me.client.get(second).data == WEBM
    (kept,) = stored_recordings(intake.service)
    me.send(f"{visit}/RE", throw_voice_away=second.rsplit("/", 1)[1])
    # Pressed twice, or nonsense: nothing happens, and what was typed beside it is kept.
    for gone in (second.rsplit("/", 1)[1], "\x00", "../1"):
        assert me.send(f"{visit}/RE", throw_voice_away=gone, first="A queue.") == f"{visit}/RE#recordings"
    page = me.open(f"{visit}/RE")
    assert "A queue." in page
    assert list(stored_recordings(intake.service)) == []
    with pytest.raises(ObjectMissing):
        intake.service.objects.get(kept[0])
    # Said again, with the very same bytes.
    me.send(f"{visit}/WA", voice_taken=a_file(WEBM))
    (third,) = sounds_on(me.open(f"{visit}/WA"))
    assert me.client.get(third).data == WEBM
    me.send(f"{visit}/check", **SENT)
    assert "2 of 2 safe" in me.open(f"{visit}/receipt")


def test_recordings_of_a_visit_that_was_thrown_away_go_too(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    visit = begun(me)
    me.open(f"{visit}/WA")
    me.send(f"{visit}/WA", voice_taken=a_file(WEBM))
    stopped = me.send(f"{visit}/stop")
    me.open(stopped)
    me.send(stopped, next="throw-away")
    assert erase_due(intake.service, 10) == 0
    intake.clock.move(timedelta(days=intake.service.settings.voice_days))
    assert erase_due(intake.service, 10) == 1
    assert list(stored_recordings(intake.service)) == []


def sent_with_a_recording(me: Browser) -> str:
    visit = begun(me)
    me.open(f"{visit}/WA")
    me.send(f"{visit}/WA", voice_taken=a_file(WEBM))
    me.send(f"{visit}/check", **SENT)
    return visit


def test_a_correction_takes_a_recording_out_only_when_it_is_sent(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    visit = sent_with_a_recording(me)
    me.open(f"{visit}/receipt")
    me.send(f"{visit}/correct")
    (sound,) = sounds_on(me.open(f"{visit}/WA"))
    assert me.client.get(sound).data == WEBM
    voice_id = sound.rsplit("/", 1)[1]
    me.send(f"{visit}/WA", throw_voice_away=voice_id)
    page = me.open(f"{visit}/WA")
    assert "What you sent before goes when you send the correction." in page
    assert "Nothing of it is left" not in page
    path = f"/api/intake/v1{visit}/voice-notes/{voice_id}"
    assert me.client.get(path).data == WEBM
    me.send(f"{visit}/check", **SENT)
    assert me.client.get(path).status_code == 404


@pytest.mark.parametrize("who", ["volunteer-2", "lead", "data-keeper", "buddy", "sponsor", "staff"])
def test_nobody_else_hears_adds_or_throws_away(intake: Intake, who: str) -> None:
    me, other = Browser(intake, "volunteer-1"), Browser(intake, who)
    visit = begun(me)
    me.open(f"{visit}/WA")
    me.send(f"{visit}/WA", voice_taken=a_file(WEBM))
    (sound,) = sounds_on(me.open(f"{visit}/WA"))
    other.open("/")
    assert other.client.get(sound).status_code == 404
    other.send(f"{visit}/WA", 404, throw_voice_away=sound.rsplit("/", 1)[1])
    other.send(f"{visit}/WA", 404, voice_taken=a_file(WEBM))
    assert sounds_on(me.open(f"{visit}/WA")) == [sound]


def test_a_recording_that_was_erased_meanwhile_has_no_player(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    visit = sent_with_a_recording(me)
    intake.clock.move(timedelta(days=90))
    assert erase_due(intake.service, 10) == 1
    me = Browser(intake, "volunteer-1")
    me.open(f"{visit}/receipt")
    me.send(f"{visit}/correct")
    page = me.open(f"{visit}/WA")
    assert sounds_on(page) == []
    assert "a recording of 2 seconds" in page
    # The very same file again is no repetition: it is not with us any more.
    me.send(f"{visit}/WA", voice_taken=a_file(WEBM))
    (sound,) = sounds_on(me.open(f"{visit}/WA"))
    assert me.client.get(sound).data == WEBM


def test_where_and_when_a_recording_was_made_is_kept_nowhere(intake: Intake) -> None:
    place = box(b"udta", box(b"\xa9xyz", b"+50.8225-000.1372/"))
    made = an_mp4(3).replace(box(b"mdat", b"sound"), place + box(b"mdat", b"sound"))
    assert b"+50.8225" in made
    me = Browser(intake, "volunteer-1")
    visit = begun(me)
    me.open(f"{visit}/WA")
    me.send(f"{visit}/WA", voice_taken=a_file(made))
    (sound,) = sounds_on(me.open(f"{visit}/WA"))
    heard = me.client.get(sound).data
    assert len(heard) == len(made)
    assert b"+50.8225" not in heard
    (kept,) = stored_recordings(intake.service)
    assert intake.service.objects.get(kept[0]) == heard
    me.send(f"{visit}/check", **SENT)
    assert "2 of 2 safe" in me.open(f"{visit}/receipt")


def without_photos(tmp_path: Path) -> Intake:
    file = the_plan()
    file["sites"][0]["photos_allowed"] = False
    return Intake(tmp_path, plan_file=file)


@pytest.fixture
def no_photos(tmp_path: Path) -> Iterator[Intake]:
    house = without_photos(tmp_path)
    yield house
    house.close()


PIN = {"near": "0", "felt": "trigger", "strength": "3", "item": "P-WA-02", "words": "People sat\r\nbehind me."}


def test_where_no_photos_may_be_taken_something_is_pinned_on_a_sketch(no_photos: Intake) -> None:
    me = Browser(no_photos, "volunteer-1")
    visit = begun(me)
    assert "go to the sketch" in me.open(f"{visit}/WA")
    pins = me.send(f"{visit}/WA", then="pins", first="Hard chairs.")
    assert pins == f"{visit}/WA/pins"
    page = me.open(pins)
    assert "It is only a sketch" in page
    page = me.send(pins, 422, words="Draughty.")
    for said in ("Say what it was near", "Say whether it got to you", "Say how much", "Choose what it is about"):
        assert said in page
    assert "Draughty." in page
    me.send(pins, **PIN)
    me.send(pins, **{**PIN, "near": "1", "felt": "comfort", "words": ""})
    page = me.open(pins)
    assert "The pin is on the sketch" in page
    whole = re.findall(r'name="pin" value="([^"]+)"', page)
    assert len(whole) == 2
    me.send(f"{pins}/take-away", pin=unescaped(whole[1]))
    # Pressed twice, as on a slow line: nothing more goes.
    me.send(f"{pins}/take-away", pin=unescaped(whole[1]))
    assert "A pin: this got to me, 3 of 3." in me.open(f"{visit}/check")
    me.send(f"{visit}/check", **SENT)
    x, y = middle_of(PLANS["WA"][0])
    said = no_photos.as_("volunteer-1").get(visit.rsplit("/", 1)[1]).get_json()
    assert said["pins"] == [
        {
            "zone": "WA",
            "x": x,
            "y": y,
            "value": "trigger",
            "item": "P-WA-02",
            "strength": 3,
            "words": "People sat\nbehind me.",
        }
    ]
    assert said["first_impressions"] == {"WA": "Hard chairs."}


def unescaped(text: str) -> str:
    return text.replace("&#34;", '"').replace("&amp;", "&").replace("&#39;", "'")


def test_wrong_pins_are_told_beside_their_field(no_photos: Intake) -> None:
    me = Browser(no_photos, "volunteer-1")
    visit = begun(me)
    me.open(f"{visit}/WA/pins")
    for name, wrong in (
        ("near", "99"),
        ("near", "-1"),
        ("near", "²"),
        ("felt", "both"),
        ("strength", "4"),
        ("item", "M-WE-03"),
        ("words", "x" * 4001),
        ("words", "\x00"),
    ):
        assert f'href="#f-{name}"' in me.send(f"{visit}/WA/pins", 422, **{**PIN, name: wrong}), (name, wrong)
    assert "od-marks" not in me.open(f"{visit}/WA/pins")


def test_there_is_room_for_so_many_pins(no_photos: Intake) -> None:
    me = Browser(no_photos, "volunteer-1")
    visit = begun(me)
    me.open(f"{visit}/WA/pins")
    for _ in range(MOST_PINS):
        me.send(f"{visit}/WA/pins", **PIN)
    assert "no room for more marks" in me.send(f"{visit}/WA/pins", 422, **PIN)
    assert "no room for more marks" in me.open(f"{visit}/WA/pins")


def test_the_sketch_is_there_only_where_it_belongs(intake: Intake, tmp_path: Path) -> None:
    me = Browser(intake, "volunteer-1")
    visit, talk = begun(me), begun(me, SHOP)
    assert "go to the sketch" not in me.open(f"{visit}/WA")
    assert me.client.get(f"{visit}/WA/pins").status_code == 404
    assert me.client.get(f"{talk}/WE/pins").status_code == 404
    house = without_photos(tmp_path / "no-photos")
    volunteer, other = Browser(house, "volunteer-1"), Browser(house, "volunteer-2")
    theirs = begun(volunteer)
    assert volunteer.client.get(f"{theirs}/XX/pins").status_code == 404
    other.open("/")
    assert other.client.get(f"{theirs}/WA/pins").status_code == 404
    other.send(f"{theirs}/WA/pins", 404, **PIN)
    house.close()


def test_every_zone_has_a_sketch_whose_things_lie_on_it() -> None:
    assert set(PLANS) == set(instruments.load("pie-environment", 1).zone_codes)
    for things in PLANS.values():
        for _, left, top, width, height in things:
            assert left >= 0 <= top
            assert left + width <= 100
            assert top + height <= 75
