"""Voice notes through the API: taken in, given back to their own volunteer, erased; and what is refused on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from services.intake.store.visit_tables import voice_notes
from services.intake.store.voice_notes import key_of
from services.intake.voice_jobs import stored_recordings
from shared.storage.blobs.port import ObjectMissing
from tests.service.intake.visiting import Intake, a_jpeg, a_shop, a_visit, listing, new_id, pointers, voice_listing
from tests.unit.intake.sounds import MP4, WEBM, a_webm, an_ogg


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path)
    yield house
    house.close()


def told_of(intake: Intake, *bodies: bytes, **changes: Any) -> tuple[str, list[str]]:
    """A visit that names these recordings, sent by the first volunteer; its id and theirs."""
    visit_id = new_id()
    listed = [voice_listing(body) for body in bodies]
    sent = intake.as_("volunteer-1").put(visit_id, a_visit(voice_notes=listed, **changes))
    assert sent.status_code == 201, sent.get_json()
    return visit_id, [one["voice_id"] for one in listed]


def states(intake: Intake, visit_id: str) -> tuple[str, list[str]]:
    receipt = intake.as_("volunteer-1").get(visit_id, "/receipt").get_json()
    return receipt["state"], sorted(one["state"] for one in receipt["voice_notes"])


def row(intake: Intake, voice_id: str) -> Any:
    with intake.service.database.reading() as tx:
        return tx.execute(select(voice_notes).where(voice_notes.c.voice_id == voice_id)).one()


def stored(intake: Intake) -> list[str]:
    return [key for key, _ in stored_recordings(intake.service)]


def test_a_visit_is_told_of_when_its_last_recording_is_safe(intake: Intake) -> None:
    me, photo = intake.as_("volunteer-1"), a_jpeg()
    visit_id, (first, second) = told_of(intake, WEBM, MP4, photos=[listing(photo)])
    body = me.get(visit_id).get_json()["versions"][0]["visit"]
    assert states(intake, visit_id) == ("receiving", ["missing", "missing"])
    assert me.put_voice(visit_id, first, WEBM).status_code == 201
    assert me.put_voice(visit_id, first, WEBM).status_code == 200
    assert me.put_photo(visit_id, body["photos"][0]["photo_id"], photo).status_code == 201
    assert (states(intake, visit_id), intake.told()) == (("receiving", ["missing", "safe"]), [])
    assert me.put(visit_id, body).status_code == 200
    assert me.put_voice(visit_id, second, MP4).get_json() == {"voice_id": second, "state": "safe", "why": None}
    assert states(intake, visit_id) == ("safe", ["safe", "safe"])
    assert [one.type for one in intake.told()] == ["org.opendoor.visit.submitted.v1"]
    assert "voice" not in str(intake.told()[0].data)
    intake.work("photo-cleaner")
    intake.work("relay")
    assert states(intake, visit_id) == ("processed", ["safe", "safe"])
    assert me.put(visit_id, body).status_code == 200


def test_a_volunteer_hears_their_own_recording_and_nobody_else_does(intake: Intake) -> None:
    me = intake.as_("volunteer-1")
    visit_id, (voice_id,) = told_of(intake, MP4)
    path = f"/voice-notes/{voice_id}"
    assert me.get(visit_id, path).status_code == 404
    me.put_voice(visit_id, voice_id, MP4)
    heard = me.get(visit_id, path)
    assert (heard.status_code, heard.mimetype, heard.data) == (200, "audio/mp4", MP4)
    assert heard.headers["X-Content-Type-Options"] == "nosniff"
    address = f"/api/intake/v1/visits/{visit_id}{path}"
    part = me.client.get(address, headers={**me.headers, "Range": "bytes=0-1"})
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, MP4[:2], f"bytes 0-1/{len(MP4)}")
    assert me.client.get(address, headers={**me.headers, "Range": "bytes=9999999-"}).status_code == 416
    for who in ("volunteer-2", "lead", "data-keeper", "sponsor", "manager"):
        other = intake.as_(who)
        assert other.get(visit_id, path).status_code == 404
        assert other.put_voice(visit_id, voice_id, MP4).status_code == 404


def test_bytes_that_are_not_the_listed_ones_are_refused_and_may_come_again(intake: Intake) -> None:
    me = intake.as_("volunteer-1")
    visit_id, (voice_id,) = told_of(intake, WEBM)
    for wrong in (b"", WEBM[:-1], MP4):
        refused = me.put_voice(visit_id, voice_id, wrong)
        assert (refused.status_code, refused.get_json()["code"]) == (422, "hash-differs")
    assert me.put_voice(visit_id, new_id(), WEBM).status_code == 404
    assert states(intake, visit_id) == ("receiving", ["missing"])
    assert me.put_voice(visit_id, voice_id, WEBM).status_code == 201


@pytest.mark.parametrize(
    ("body", "code"),
    [(a_jpeg(), "not-a-recording"), (WEBM[:900], "not-a-recording"), (an_ogg(400), "too-long")],
    ids=["a photo", "breaks off", "too long"],
)
def test_what_is_no_recording_is_refused_for_good_and_holds_up_nothing(intake: Intake, body: bytes, code: str) -> None:
    me = intake.as_("volunteer-1")
    visit_id, (bad, good) = told_of(intake, body, WEBM)
    me.put_voice(visit_id, good, WEBM)
    for _ in range(2):
        refused = me.put_voice(visit_id, bad, body)
        assert (refused.status_code, refused.get_json()["code"]) == (422, code)
    assert len(intake.told()) == 1
    intake.work("relay")
    assert states(intake, visit_id) == ("processed", ["refused", "safe"])
    whys = [one["why"] for one in me.get(visit_id, "/receipt").get_json()["voice_notes"] if one["state"] == "refused"]
    assert whys[0].endswith(".")
    assert me.get(visit_id, f"/voice-notes/{bad}").status_code == 404


def test_bytes_of_ours_that_went_bad_are_named_and_the_sender_loses_nothing(intake: Intake) -> None:
    visit_id, [voice_id] = told_of(intake, WEBM)
    me, key = intake.as_("volunteer-1"), key_of(hashlib.sha256(WEBM).hexdigest())
    intake.service.objects.put(key, b"not what its name says", "audio/webm")
    refused = me.put_voice(visit_id, voice_id, WEBM)
    assert (refused.status_code, refused.get_json()["code"]) == (503, "object-damaged")
    intake.service.objects.delete(key)
    assert me.put_voice(visit_id, voice_id, WEBM).status_code == 201


def test_one_that_is_too_big_is_refused_before_it_is_read(tmp_path: Path) -> None:
    intake = Intake(tmp_path, voice_bytes=len(WEBM))
    me, big = intake.as_("volunteer-1"), a_webm(blocks=1000)
    visit_id, (voice_id,) = told_of(intake, big)
    receipt = me.get(visit_id, "/receipt").get_json()
    assert (receipt["state"], receipt["voice_notes"][0]["state"]) == ("safe", "refused")
    assert "too big" in receipt["voice_notes"][0]["why"]
    assert me.put_voice(visit_id, voice_id, big).status_code == 413
    visit_id, (voice_id,) = told_of(intake, WEBM)
    assert me.put_voice(visit_id, voice_id, WEBM).status_code == 201
    intake.close()


def test_where_a_recording_may_belong(intake: Intake) -> None:
    me = intake.as_("volunteer-1")

    def sent(visit: dict[str, Any], **place: Any) -> set[str] | int:
        listed = [voice_listing(WEBM, **{"zone": None, **place})]
        answer = me.put(new_id(), {**visit, "voice_notes": listed})
        return answer.status_code if answer.status_code == 201 else pointers(answer)

    assert sent(a_visit()) == 201
    assert sent(a_visit(), zone="WA") == 201
    assert sent(a_visit(), zone="WA", item="P-WA-02", media_type="audio/webm;codecs=opus") == 201
    assert sent(a_shop()) == 201
    assert sent(a_shop(), stage="WE") == 201
    assert sent(a_shop(), item="M-WE-03") == 201
    assert sent(a_shop(), item="M-WE-03", stage="CV") == {"/voice_notes/0/stage"}
    assert sent(a_shop(), zone="WA") == {"/voice_notes/0/zone"}
    assert sent(a_shop(), item="P-WA-02") == {"/voice_notes/0/item"}
    assert sent(a_visit(), stage="WE") == {"/voice_notes/0/stage"}
    assert sent(a_visit(), item="P-WA-02") == {"/voice_notes/0/item"}
    assert sent(a_visit(), zone="RE", item="P-WA-02") == {"/voice_notes/0/item"}
    for name, wrong in (
        ("zone", "QQ"),
        ("seconds", 0),
        ("seconds", 181),
        ("seconds", "2"),
        ("media_type", "audio/mpeg"),
        ("media_type", 7),
        ("sha256", "ff"),
        ("bytes", 0),
        ("voice_id", "one"),
        ("item", 4),
        ("said", "aloud"),
    ):
        assert sent(a_visit(), **{name: wrong}) == {f"/voice_notes/0/{name}"}
    twice = voice_listing(WEBM)
    assert pointers(me.put(new_id(), a_visit(voice_notes=[twice, twice]))) == {"/voice_notes/1/voice_id"}
    many = [voice_listing(WEBM) for _ in range(21)]
    assert pointers(me.put(new_id(), a_visit(voice_notes=many))) == {"/voice_notes"}


def test_a_visit_without_recordings_reads_and_hashes_as_before(intake: Intake) -> None:
    me, visit_id = intake.as_("volunteer-1"), new_id()
    first = me.put(visit_id, a_visit())
    again = me.put(visit_id, a_visit(voice_notes=[], pins=[]))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.headers["ETag"] == again.headers["ETag"]
    assert first.get_json()["voice_notes"] == []
    assert {"voice_notes", "pins"}.isdisjoint(me.get(visit_id).get_json())


def test_a_correction_leaves_one_out_and_may_not_change_its_bytes(intake: Intake) -> None:
    me = intake.as_("volunteer-1")
    visit_id, (first, second) = told_of(intake, WEBM, MP4)
    me.put_voice(visit_id, first, WEBM)
    own = me.get(visit_id)
    listed = own.get_json()["voice_notes"]
    changed = a_visit(voice_notes=[{**listed[0], "sha256": listed[1]["sha256"]}])
    assert pointers(me.amend(visit_id, changed, own.headers["ETag"])) == {"/voice_notes/0/sha256"}
    assert me.amend(visit_id, a_visit(voice_notes=listed[:1]), own.headers["ETag"]).status_code == 200
    assert states(intake, visit_id) == ("safe", ["safe"])
    assert me.put_voice(visit_id, second, MP4).status_code == 404
    own = me.get(visit_id)
    assert me.amend(visit_id, a_visit(), own.headers["ETag"]).status_code == 200
    assert me.get(visit_id, f"/voice-notes/{first}").status_code == 404
    assert intake.work("voice-eraser") == 0
    intake.clock.move(timedelta(days=8))
    assert intake.work("voice-eraser") == 1
    assert (row(intake, first).erased_why, stored(intake)) == ("left-out", [])


def test_a_visit_taken_back_takes_its_recordings_with_it(intake: Intake) -> None:
    me = intake.as_("volunteer-1")
    visit_id, (first, second) = told_of(intake, WEBM, MP4)
    me.put_voice(visit_id, first, WEBM)
    key = stored(intake)[0]
    assert intake.service.objects.get(key) == WEBM
    me.withdraw(visit_id)
    assert me.put_voice(visit_id, second, MP4).get_json()["code"] == "withdrawn"
    assert me.get(visit_id, f"/voice-notes/{first}").status_code == 404
    assert intake.work("voice-eraser") == 1
    with pytest.raises(ObjectMissing):
        intake.service.objects.get(key)
    gone = row(intake, first)
    assert (gone.erased_why, gone.erased_at[:10]) == ("withdrawn", "2026-10-12")


def test_the_same_bytes_of_somebody_else_stay(intake: Intake) -> None:
    me, other = intake.as_("volunteer-1"), intake.as_("volunteer-2")
    visit_id, (voice_id,) = told_of(intake, WEBM)
    me.put_voice(visit_id, voice_id, WEBM)
    theirs, its = new_id(), voice_listing(WEBM)
    other.put(theirs, a_visit(voice_notes=[its]))
    other.put_voice(theirs, its["voice_id"], WEBM)
    me.withdraw(visit_id)
    assert intake.work("voice-eraser") == 1
    assert other.get(theirs, f"/voice-notes/{its['voice_id']}").data == WEBM
    other.withdraw(theirs)
    intake.work("voice-eraser")
    assert stored(intake) == []
    visit_id, (voice_id,) = told_of(intake, WEBM)
    me.put_voice(visit_id, voice_id, WEBM)
    assert me.get(visit_id, f"/voice-notes/{voice_id}").data == WEBM


@pytest.mark.parametrize("changes", [{"consents": {}}, {"stopped_early": True, "keep_answers": False}])
def test_one_that_nobody_may_listen_to_goes_as_raw_notes_do(intake: Intake, changes: dict[str, Any]) -> None:
    visit_id, (voice_id,) = told_of(intake, WEBM, **changes)
    intake.as_("volunteer-1").put_voice(visit_id, voice_id, WEBM)
    intake.clock.move(timedelta(days=89))
    assert intake.work("voice-eraser") == 0
    intake.clock.move(timedelta(days=2))
    assert intake.work("voice-eraser") == 1
    assert (row(intake, voice_id).erased_why, stored(intake)) == ("not-to-be-used", [])
