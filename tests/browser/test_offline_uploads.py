"""A broken upload is repeated without harm: whatever broke, one visit and one of each photo arrive, byte for byte."""

from __future__ import annotations

import hashlib
import io

import pytest
from playwright.sync_api import expect

from services.intake.store import photos as photo_store
from services.intake.store import visits as visit_store
from services.intake.use_cases.visits import key_of, own_visit
from tests.browser.coming_true import comes_true
from tests.browser.on_a_phone import ANSWERS, OnAPhone
from tests.browser.phone_server import GoesDown, Held, PhoneServer, Trouble, answers, breaks_off, loses_the_answer
from tests.service.intake.plans import EXERCISE, an_id

ME = an_id("volunteer-1")
TICKET = "GET /api/intake/v1/phone$"
PUT_VISIT = r"PUT .*/visits/[0-9a-f-]+$"
PUT_PHOTO = "PUT .*/photos/"
RECEIPT = "GET .*/receipt"


def visits_there(server: PhoneServer) -> int:
    """How many visits of this volunteer the server has."""
    service = server.house.service
    with service.database.reading() as tx:
        return len(visit_store.visits_by(tx, [key_of(service, EXERCISE, ME)], None, 1000))


def arrived_once(phone: OnAPhone, server: PhoneServer, photos: int) -> None:
    """What this phone sent is there once, and its photos are the very bytes that lie on the phone."""
    service = server.house.service
    (visit,) = phone.kept()
    files = {file["id"]: file for file in phone.kept("files")}
    assert len(own_visit(service, ME, visit["id"]).versions) == 1
    with service.database.reading() as tx:
        there = photo_store.photos_of(tx, visit["id"])
    assert len(there) == photos
    assert {one.photo_id for one in there} == set(files)
    for one in there:
        body = service.objects.get(photo_store.original_key(one.sha256))
        kept = files[one.photo_id]
        assert (hashlib.sha256(body).hexdigest(), len(body)) == (kept["sha256"], kept["bytes"])
        assert (one.state, kept["state"]) == ("safe", "safe")


@pytest.mark.parametrize(
    ("call", "trouble", "photos_put"),
    [
        (PUT_PHOTO, breaks_off, 3),
        (PUT_PHOTO, loses_the_answer, 2),
        (PUT_VISIT, breaks_off, 2),
        (PUT_VISIT, loses_the_answer, 2),
        (RECEIPT, loses_the_answer, 2),
        (RECEIPT, answers("502 Bad Gateway"), 2),
        (PUT_PHOTO, answers("200 OK", b"<h1>Free wireless</h1>", X_From="the shop"), 3),
    ],
    ids=["photo-cut", "photo-unheard", "visit-cut", "visit-unheard", "receipt-unheard", "receipt-502", "not-from-us"],
)
def test_whatever_breaks_on_the_way_everything_arrives_once(
    phone: OnAPhone, server: PhoneServer, call: str, trouble: Trouble, photos_put: int
) -> None:
    before = visits_there(server)
    phone.sign_in()
    phone.write(photos=2)
    server.next(call, trouble)
    phone.send()
    phone.safe(ANSWERS + 2)
    assert visits_there(server) == before + 1
    arrived_once(phone, server, photos=2)
    assert server.called(PUT_PHOTO) == photos_put


def test_a_server_that_is_started_again_in_the_middle_of_a_photo_gets_it_once(
    phone: OnAPhone, server: PhoneServer
) -> None:
    before = visits_there(server)
    phone.sign_in()
    phone.write(photos=2)
    down = GoesDown()
    server.next(PUT_PHOTO, down)
    phone.send()
    assert down.gone.wait(20)
    try:
        expect(phone.page.get_by_text("Open Door does not answer")).to_be_visible()
        expect(phone.page.get_by_text("1 of 3 safe")).to_be_visible()
    finally:
        server.start()
    phone.safe(ANSWERS + 2)
    assert visits_there(server) == before + 1
    arrived_once(phone, server, photos=2)


def test_bytes_that_changed_on_the_way_are_not_taken_and_are_sent_again(phone: OnAPhone, server: PhoneServer) -> None:
    def changes_a_byte(server: PhoneServer, environ: dict[str, object], start_response: object) -> object:
        stream = environ["wsgi.input"]
        body = bytearray(stream.read(int(str(environ["CONTENT_LENGTH"]))))  # type: ignore[attr-defined]
        body[len(body) // 2] ^= 1
        environ["wsgi.input"] = io.BytesIO(bytes(body))
        return server.house.app(environ, start_response)  # type: ignore[arg-type]

    phone.sign_in()
    phone.write(photos=1)
    server.next(PUT_PHOTO, changes_a_byte)  # type: ignore[arg-type]
    phone.send()
    phone.safe(ANSWERS + 1)
    arrived_once(phone, server, photos=1)
    assert server.called(PUT_PHOTO) == 2


def test_a_photo_on_its_way_can_still_be_covered_and_only_what_is_covered_stays(
    phone: OnAPhone, server: PhoneServer
) -> None:
    phone.sign_in()
    phone.begin()
    phone.part()
    phone.choose_photo()
    page = phone.page
    page.get_by_role("button", name="Put a mark in the middle").click()
    page.get_by_role("radio", name="It got to me").check()
    page.get_by_role("radio", name="I noticed it").check()
    page.get_by_label("What is it about?").select_option(index=1)
    page.get_by_role("button", name="Done with this photo").click()
    phone.all_parts()
    phone.look_over()
    # Before it is sent the photo itself is seen, with its mark on it and in words.
    picture = page.locator(".od-shown img")
    expect(picture).to_be_visible()
    assert page.evaluate("document.querySelector('.od-shown img').naturalWidth") > 0
    expect(page.locator(".od-shown .od-area--trigger")).to_be_visible()
    expect(page.locator(".od-shown .od-marks")).to_contain_text("It got to me")
    held = Held()
    server.next(PUT_PHOTO, held)
    phone.send()
    assert held.begun.wait(20)
    page.get_by_role("button", name="Look at it, or cover something").click()
    page.get_by_role("button", name="Cover something").click()
    page.get_by_role("button", name="Put a cover in the middle").click()
    page.get_by_role("button", name="Cover it", exact=True).click()
    page.get_by_role("button", name="Yes, cover it for good").click()
    expect(page.get_by_text("What was there is gone from this photo")).to_be_visible()
    held.go_on()
    comes_true(page, "!(await navigator.locks.query()).held.length")
    # It came in as it was; but the visit is being written in again, and is not called safe.
    assert phone.kept()[0]["state"] == "writing"
    page.get_by_role("button", name="Done with this photo").click()
    expect(page.locator("#screen")).to_have_attribute("data-screen", "check")
    phone.send()
    phone.safe(ANSWERS + 1)
    (file,) = phone.kept("files")
    with server.house.service.database.reading() as tx:
        there = photo_store.photos_of(tx, phone.kept()[0]["id"])
    assert [(one.photo_id, one.sha256) for one in there if one.listed] == [(file["id"], file["sha256"])]
