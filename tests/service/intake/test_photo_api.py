"""Photos through the API: taken in, cleaned, shown to their own volunteer, erased; and what is refused on the way."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from services.intake.domain.photo import PhotoState
from services.intake.photo_jobs import PhotoCleaner, stored_photos
from services.intake.photos import clean
from services.intake.store.photos import original_key
from services.intake.store.visit_tables import erasures
from shared.messaging.running import CannotDrain, drain
from shared.messaging.trouble import TryLater
from shared.storage.blobs.port import ObjectMissing, StoreAway
from tests.service.intake.visiting import Intake, a_jpeg, a_visit, listing, new_id
from tests.unit.intake.test_photos import png_that_claims

PHOTO = a_jpeg(1600 % 255, (1000, 800))


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path)
    yield house
    house.close()


def with_photos(intake: Intake, *bodies: bytes) -> tuple[str, list[str]]:
    """A visit that lists these photos, sent by the first volunteer; its id and theirs."""
    visit_id = new_id()
    listed = [listing(body) for body in bodies]
    sent = intake.as_("volunteer-1").put(visit_id, a_visit(photos=listed))
    assert sent.status_code == 201, sent.get_json()
    return visit_id, [one["photo_id"] for one in listed]


def states(intake: Intake, visit_id: str) -> tuple[str, list[str]]:
    receipt = intake.as_("volunteer-1").get(visit_id, "/receipt").get_json()
    return receipt["state"], sorted(one["state"] for one in receipt["photos"])


def test_a_visit_is_told_of_when_its_last_photo_is_safe(intake: Intake) -> None:
    me = intake.as_("volunteer-1")
    visit_id, (first, second) = with_photos(intake, PHOTO, a_jpeg(7))
    assert states(intake, visit_id) == ("receiving", ["missing", "missing"])
    assert me.put_photo(visit_id, first, PHOTO).status_code == 201
    assert me.put_photo(visit_id, first, PHOTO).status_code == 200
    assert (states(intake, visit_id), intake.told()) == (("receiving", ["missing", "safe"]), [])
    # The visit itself again, while a photo is missing, changes nothing.
    body = me.get(visit_id).get_json()["versions"][0]["visit"]
    assert me.put(visit_id, body).status_code == 200
    assert me.put_photo(visit_id, second, a_jpeg(7)).status_code == 201
    assert states(intake, visit_id) == ("safe", ["safe", "safe"])
    assert [one.type for one in intake.told()] == ["org.opendoor.visit.submitted.v1"]
    assert me.put(visit_id, body).status_code == 200
    assert intake.work("photo-cleaner") == 2
    assert states(intake, visit_id) == ("safe", ["cleaned", "cleaned"])
    intake.work("relay")
    assert states(intake, visit_id) == ("processed", ["cleaned", "cleaned"])
    assert me.put_photo(visit_id, first, PHOTO).status_code == 200


def test_a_volunteer_gets_their_own_photo_only_when_it_is_cleaned(intake: Intake) -> None:
    me = intake.as_("volunteer-1")
    visit_id, (photo_id,) = with_photos(intake, PHOTO)
    path = f"/photos/{photo_id}"
    for _ in range(2):
        early = me.get(visit_id, path)
        assert (early.status_code, early.get_json()["code"]) == (409, "not-cleaned-yet")
        me.put_photo(visit_id, photo_id, PHOTO)
    intake.work("photo-cleaner")
    assert b"Exif" in PHOTO
    for size, edge in (("display", 1000), ("thumbnail", 320)):
        shown = me.get(visit_id, f"{path}?size={size}")
        assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
        image = Image.open(io.BytesIO(shown.data))
        assert b"Exif" not in shown.data
        assert max(image.size) == edge
        assert image.height > image.width  # the camera was held upright, and its EXIF said so
    assert me.get(visit_id, path).data == me.get(visit_id, f"{path}?size=display").data
    assert me.get(visit_id, f"{path}?size=original").status_code == 422
    for who in ("volunteer-2", "lead", "data-keeper", "sponsor"):
        assert intake.as_(who).get(visit_id, path).status_code == 404


def test_bytes_that_are_not_the_listed_ones_are_refused_and_may_come_again(intake: Intake) -> None:
    me = intake.as_("volunteer-1")
    visit_id, (photo_id,) = with_photos(intake, PHOTO)
    for wrong in (b"", PHOTO[:-1], a_jpeg(9)):
        refused = me.put_photo(visit_id, photo_id, wrong)
        assert (refused.status_code, refused.get_json()["code"]) == (422, "hash-differs")
    assert states(intake, visit_id) == ("receiving", ["missing"])
    assert me.put_photo(visit_id, photo_id, PHOTO).status_code == 201


def test_a_photo_that_the_visit_does_not_name_is_not_there(intake: Intake) -> None:
    visit_id, _ = with_photos(intake, PHOTO)
    refused = intake.as_("volunteer-1").put_photo(visit_id, new_id(), PHOTO)
    assert (refused.status_code, refused.get_json()["code"]) == (404, "not-found")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'


@pytest.mark.parametrize(
    ("body", "code"),
    [(SVG, "not-an-image"), (b"%PDF-1.7", "not-an-image"), (png_that_claims(60_000, 60_000), "too-many-pixels")],
    ids=["SVG", "PDF", "bomb"],
)
def test_what_is_no_photo_is_refused_for_good_and_holds_up_nothing(intake: Intake, body: bytes, code: str) -> None:
    me = intake.as_("volunteer-1")
    visit_id, (bad, good) = with_photos(intake, body, PHOTO)
    me.put_photo(visit_id, good, PHOTO)
    for _ in range(2):
        refused = me.put_photo(visit_id, bad, body)
        assert (refused.status_code, refused.get_json()["code"]) == (422, code)
    assert len(intake.told()) == 1
    intake.work("photo-cleaner")
    intake.work("relay")
    assert states(intake, visit_id) == ("processed", ["cleaned", "refused"])
    whys = [one["why"] for one in me.get(visit_id, "/receipt").get_json()["photos"] if one["state"] == "refused"]
    assert whys[0].endswith(".")


def test_a_photo_that_breaks_off_is_refused_at_once(intake: Intake) -> None:
    broken = PHOTO[: len(PHOTO) // 2]
    visit_id, (bad, good) = with_photos(intake, broken, PHOTO)
    me = intake.as_("volunteer-1")
    refused = me.put_photo(visit_id, bad, broken)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "not-an-image")
    assert me.put_photo(visit_id, good, PHOTO).status_code == 201


def test_a_photo_that_is_damaged_inside_is_found_out_by_the_cleaner(intake: Intake) -> None:
    whole = io.BytesIO()
    Image.effect_noise((400, 400), 80).convert("RGB").save(whole, "PNG")
    damaged = bytearray(whole.getvalue())
    damaged[5000:9000] = bytes(4000)
    visit_id, (bad, good) = with_photos(intake, bytes(damaged), PHOTO)
    me = intake.as_("volunteer-1")
    assert me.put_photo(visit_id, bad, bytes(damaged)).status_code == 201
    assert me.put_photo(visit_id, good, PHOTO).status_code == 201
    intake.work("photo-cleaner")
    assert states(intake, visit_id)[1] == ["cleaned", "refused"]
    shown = me.get(visit_id, f"/photos/{bad}")
    assert (shown.status_code, shown.get_json()["code"]) == (409, "not-cleaned-yet")


def test_want_of_memory_is_waited_out_and_condemns_no_photo(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    me = intake.as_("volunteer-1")
    visit_id, (photo_id,) = with_photos(intake, PHOTO)

    def starved(*_args: object) -> None:
        raise MemoryError

    with monkeypatch.context() as starving:
        starving.setattr("services.intake.photos.breaks_off", starved)
        answer = me.put_photo(visit_id, photo_id, PHOTO)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.get_json()["code"] == "out-of-memory"
    assert states(intake, visit_id) == ("receiving", ["missing"])
    assert me.put_photo(visit_id, photo_id, PHOTO).status_code == 201
    with monkeypatch.context() as starving:
        starving.setattr("services.intake.photos._shrunk", starved)
        with pytest.raises(TryLater):
            intake.work("photo-cleaner")
    assert states(intake, visit_id) == ("safe", ["safe"])
    assert intake.work("photo-cleaner") == 1
    assert states(intake, visit_id) == ("safe", ["cleaned"])


def test_a_photo_that_cannot_be_cleaned_stops_no_other(intake: Intake) -> None:
    me = intake.as_("volunteer-1")
    bodies = [PHOTO, *(a_jpeg(shade) for shade in range(1, 9))]
    visit_id, (bad, *good) = with_photos(intake, *bodies)
    for photo_id, body in zip([bad, *good], bodies, strict=True):
        assert me.put_photo(visit_id, photo_id, body).status_code == 201
    # A copy of the first lies in the store already, and was cut short there.
    copy = clean(PHOTO, intake.settings.photo_pixels).display
    intake.service.objects.put(f"photos/{copy.sha256}", copy.body[:100], "image/jpeg")
    cleaner = next(job for job in intake.jobs if isinstance(job, PhotoCleaner))
    now = 0.0
    cleaner.stubborn.monotonic = lambda: now
    assert intake.work("photo-cleaner") == len(bodies)
    assert states(intake, visit_id)[1] == ["cleaned"] * len(good) + ["safe"]
    assert (cleaner.pending(), cleaner.run_once()) == (1, 0)
    with pytest.raises(CannotDrain):
        drain([cleaner])
    intake.service.objects.delete(f"photos/{copy.sha256}")
    now = 6.0
    assert intake.work("photo-cleaner") == 1
    assert states(intake, visit_id)[1] == ["cleaned"] * len(bodies)


def test_a_store_that_is_away_is_no_photos_fault(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    visit_id, (photo_id,) = with_photos(intake, PHOTO)
    intake.as_("volunteer-1").put_photo(visit_id, photo_id, PHOTO)

    def away(*_args: object) -> None:
        raise StoreAway("The object store cannot be reached.")

    with monkeypatch.context() as gone:
        gone.setattr("shared.storage.blobs.local_files.LocalFiles.get", away)
        with pytest.raises(TryLater):
            intake.work("photo-cleaner")
    assert intake.work("photo-cleaner") == 1


def test_bytes_of_ours_that_went_bad_are_named_and_the_sender_loses_nothing(intake: Intake) -> None:
    photo = a_jpeg(1)
    visit_id, [photo_id] = with_photos(intake, photo)
    me, key = intake.as_("volunteer-1"), original_key(hashlib.sha256(photo).hexdigest())
    intake.service.objects.put(key, b"not what its name says", "image/jpeg")
    refused = me.put_photo(visit_id, photo_id, photo)
    assert (refused.status_code, refused.get_json()["code"]) == (503, "object-damaged")
    assert refused.headers["Retry-After"]
    assert states(intake, visit_id) == ("receiving", ["missing"])
    intake.service.objects.delete(key)
    # What another visit's photo, or one whose answer was lost, has stored already is simply safe.
    intake.service.objects.put(key, photo, "image/png")
    assert me.put_photo(visit_id, photo_id, photo).status_code == 201


def test_a_heic_of_an_iphone_is_taken(intake: Intake) -> None:
    file = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(file, "HEIF")
    visit_id, (photo_id,) = with_photos(intake, file.getvalue())
    assert intake.as_("volunteer-1").put_photo(visit_id, photo_id, file.getvalue()).status_code == 201
    intake.work("photo-cleaner")
    assert states(intake, visit_id)[1] == ["cleaned"]


def test_a_photo_over_the_limit_is_refused_by_its_length(tmp_path: Path) -> None:
    house = Intake(tmp_path, photo_bytes=5_000)
    big = PHOTO + bytes(5_000)
    visit_id, (photo_id, small) = with_photos(house, big, a_jpeg(3, (40, 40)))
    refused = house.as_("volunteer-1").put_photo(visit_id, photo_id, big)
    assert refused.status_code == 413
    # It was listed with a length that can never be sent, so nobody waits for it.
    assert states(house, visit_id) == ("receiving", ["missing", "refused"])
    assert house.as_("volunteer-1").put_photo(visit_id, small, a_jpeg(3, (40, 40))).status_code == 201
    assert len(house.told()) == 1
    house.close()


def originals(intake: Intake) -> list[str]:
    return list(intake.service.objects.keys("originals/"))


def test_the_original_is_erased_seven_days_after_its_copy_was_verified(intake: Intake) -> None:
    me = intake.as_("volunteer-1")
    visit_id, (photo_id,) = with_photos(intake, PHOTO)
    me.put_photo(visit_id, photo_id, PHOTO)
    intake.clock.move(timedelta(days=30))
    assert intake.work("original-eraser") == 0  # not cleaned yet, so it is still needed
    intake.work("photo-cleaner")
    intake.clock.move(timedelta(days=7) - timedelta(seconds=1))
    assert intake.work("original-eraser") == 0
    assert len(originals(intake)) == 1
    intake.clock.move(timedelta(seconds=1))
    assert intake.work("original-eraser") == 1
    assert originals(intake) == []
    assert me.get(visit_id, f"/photos/{photo_id}").status_code == 200
    with intake.service.database.reading() as tx:
        (erased,) = tx.execute(select(erasures).where(erasures.c.visit_id == visit_id))
    assert (erased.photo_id, erased.what, erased.why) == (photo_id, "original", "cleaned")
    assert erased.at == intake.clock.now().isoformat(timespec="microseconds")


def test_bytes_that_two_photos_share_go_with_the_last_of_them(intake: Intake) -> None:
    me = intake.as_("volunteer-1")
    first, (one,) = with_photos(intake, PHOTO)
    me.put_photo(first, one, PHOTO)
    intake.work("photo-cleaner")
    intake.clock.move(timedelta(days=4))
    second, (other,) = with_photos(intake, PHOTO)
    me.put_photo(second, other, PHOTO)
    intake.work("photo-cleaner")
    intake.clock.move(timedelta(days=4))
    assert intake.work("original-eraser") == 1
    assert len(originals(intake)) == 1
    intake.clock.move(timedelta(days=4))
    assert intake.work("original-eraser") == 1
    assert originals(intake) == []
    # The same bytes may come once more.
    third, (again,) = with_photos(intake, PHOTO)
    assert me.put_photo(third, again, PHOTO).status_code == 201
    assert len(originals(intake)) == 1


def test_a_visit_taken_back_takes_its_photos_along(intake: Intake) -> None:
    me = intake.as_("volunteer-1")
    visit_id, (photo_id,) = with_photos(intake, PHOTO)
    me.put_photo(visit_id, photo_id, PHOTO)
    intake.work("photo-cleaner")
    assert len(list(stored_photos(intake.service))) == 3
    me.withdraw(visit_id)
    assert me.get(visit_id, f"/photos/{photo_id}").status_code == 404
    assert me.put_photo(visit_id, photo_id, PHOTO).status_code == 409
    assert intake.work("original-eraser") == 2
    assert list(intake.service.objects.keys("")) == []
    assert list(stored_photos(intake.service)) == []


def test_an_original_that_is_lost_is_asked_for_again(intake: Intake) -> None:
    me = intake.as_("volunteer-1")
    visit_id, (photo_id,) = with_photos(intake, PHOTO)
    me.put_photo(visit_id, photo_id, PHOTO)
    (key,) = originals(intake)
    intake.service.objects.delete(key)
    intake.work("photo-cleaner")
    assert states(intake, visit_id) == ("receiving", [PhotoState.MISSING])
    assert me.put_photo(visit_id, photo_id, PHOTO).status_code == 201
    assert len(intake.told()) == 1


def test_everything_that_must_be_in_the_store_is_there_with_its_hash(intake: Intake) -> None:
    visit_id, (photo_id,) = with_photos(intake, PHOTO)
    intake.as_("volunteer-1").put_photo(visit_id, photo_id, PHOTO)
    intake.work("photo-cleaner")
    for key, sha256 in stored_photos(intake.service):
        assert intake.service.objects.head(key).sha256 == sha256
    with pytest.raises(ObjectMissing):
        intake.service.objects.get("photos/nothing")


def test_a_correction_may_add_and_leave_out_photos(intake: Intake) -> None:
    me = intake.as_("volunteer-1")
    visit_id, (old,) = with_photos(intake, PHOTO)
    me.put_photo(visit_id, old, PHOTO)
    fresh = listing(a_jpeg(5))
    etag = me.get(visit_id).headers["ETag"]
    assert me.amend(visit_id, a_visit(photos=[fresh]), etag).status_code == 200
    assert len(intake.told()) == 1  # the second version waits for its photo
    assert states(intake, visit_id) == ("receiving", ["missing"])
    assert me.put_photo(visit_id, old, PHOTO).status_code == 404
    assert me.put_photo(visit_id, fresh["photo_id"], a_jpeg(5)).status_code == 201
    assert [one.data["version"] for one in intake.told()] == [1, 2]
    etag = me.get(visit_id).headers["ETag"]
    changed = a_visit(photos=[listing(a_jpeg(6), fresh["photo_id"])])
    assert me.amend(visit_id, changed, etag).status_code == 422
