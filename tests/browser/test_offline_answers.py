"""What a visit that lay on the phone may meet: another copy, other questions, a photo that is none."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from playwright.sync_api import expect

from services.intake.forms import visit as forms
from services.intake.use_cases import drafts
from services.intake.use_cases import phone as phone_use
from services.intake.use_cases import photos as photo_use
from services.intake.use_cases import visits as visit_use
from services.intake.web import phone_script
from shared.contracts.instruments import Instrument, load
from tests.browser.on_a_phone import ANSWERS, OnAPhone
from tests.browser.phone_server import Environ, PhoneServer, StartResponse, answers, loses_the_answer
from tests.service.intake.plans import an_id

ME = an_id("volunteer-1")
TICKET = "GET /api/intake/v1/phone$"
PUT_VISIT = r"PUT .*/visits/[0-9a-f-]+$"
AMENDMENT = "PUT .*/amendment$"
BUSY = "Open Door is busy. Nothing is lost."
PIE = "pie-environment"
GONE = "P-WA-02"


def versions(phone: OnAPhone, server: PhoneServer) -> list[dict[str, Any]]:
    """What the server has of the visit of this phone, the first version first."""
    (visit,) = phone.kept()
    found = visit_use.own_visit(server.house.service, ME, visit["id"]).versions
    return [dict(one.content) for one in sorted(found, key=lambda one: one.version)]


def unheard_and_then_silent(server: PhoneServer, environ: Environ, start_response: StartResponse) -> Any:
    """The visit arrives, the phone does not hear of it, and is then asked to wait long."""
    server.next(TICKET, answers("503 Service Unavailable", Retry_After="900"))
    return loses_the_answer(server, environ, start_response)


def corrected_meanwhile(server: PhoneServer, environ: Environ, start_response: StartResponse) -> Any:
    """Somewhere else the same volunteer corrects the visit a moment earlier."""
    visit_id = environ["PATH_INFO"].split("/")[-2]
    me = server.house.as_("volunteer-1")
    now = me.get(visit_id)
    body = now.get_json()["versions"][-1]["visit"] | {"first_impressions": {"WA": "Elsewhere."}}
    assert me.amend(visit_id, body, now.headers["ETag"]).status_code == 200
    return server.house.app(environ, start_response)


def changed_after_it_had_arrived(phone: OnAPhone, server: PhoneServer) -> None:
    """Sent, unheard, looked over again, and sent with other words."""
    phone.sign_in()
    phone.write(words="The first words.")
    server.next(PUT_VISIT, unheard_and_then_silent)
    phone.send()
    expect(phone.page.get_by_text(BUSY)).to_be_visible()
    phone.page.get_by_role("button", name="Look it over again").click()
    phone.page.get_by_role("link", name="Change: Where you wait").click()
    phone.say_first("The better words.")
    phone.all_parts()
    phone.page.get_by_role("button", name="Look it over and send").click()


def test_what_was_changed_after_an_earlier_copy_arrived_becomes_a_correction(
    phone: OnAPhone, server: PhoneServer
) -> None:
    changed_after_it_had_arrived(phone, server)
    phone.send()
    phone.safe(ANSWERS)
    said = [one["first_impressions"]["WA"] for one in versions(phone, server)]
    assert said == ["The first words.", "The better words."]
    assert server.called(AMENDMENT) == 1


def test_a_correction_that_met_another_one_is_made_again_upon_that(phone: OnAPhone, server: PhoneServer) -> None:
    changed_after_it_had_arrived(phone, server)
    server.next(AMENDMENT, corrected_meanwhile)
    phone.send()
    phone.safe(ANSWERS)
    said = [one["first_impressions"]["WA"] for one in versions(phone, server)]
    assert said == ["The first words.", "Elsewhere.", "The better words."]
    assert server.called(AMENDMENT) == 2


def test_a_photo_that_is_refused_is_taken_out_and_the_rest_becomes_safe(
    phone: OnAPhone, server: PhoneServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, seen = photo_use.pixels.look, []

    def refuses_the_first(body: bytes, most: int) -> Any:
        seen.append(body)
        if len(seen) == 1:
            raise photo_use.PhotoRefused("not-an-image", photo_use.pixels.NOT_AN_IMAGE)
        return real(body, most)

    monkeypatch.setattr(photo_use.pixels, "look", refuses_the_first)
    phone.sign_in()
    phone.write(photos=2)
    phone.send()
    expect(phone.page.get_by_text("Not all files could be taken. Look below.")).to_be_visible()
    expect(phone.page.get_by_text("You can delete this from your phone")).to_have_count(0)
    assert len(phone.kept("files")) == 2
    phone.page.get_by_role("button", name="Take it out and send the rest").click()
    phone.safe(ANSWERS + 1)
    (file,) = phone.kept("files")
    assert [len(one["photos"]) for one in versions(phone, server)] == [2, 1]
    assert [one["photo_id"] for one in versions(phone, server)[-1]["photos"]] == [file["id"]]


def only_version_2(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the building is asked about in a second version, without one of the questions of the first."""
    first = load(PIE, 1)
    second = dataclasses.replace(first, version=2, items=tuple(item for item in first.items if item.code != GONE))

    def instrument_of(name: str, version: int) -> Instrument | None:
        if name != PIE:
            return load(name, version)
        return second if version == 2 else None

    for module in (forms, visit_use, drafts, phone_use, phone_script):
        monkeypatch.setattr(module, "instrument_of", instrument_of)
    for module in (drafts, phone_use):
        monkeypatch.setattr(module, "newest_version", lambda name: 2 if name == PIE else 1)


def test_when_the_questions_changed_nothing_is_lost_and_the_visit_goes_on_with_the_new_ones(
    phone: OnAPhone, server: PhoneServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.sign_in()
    phone.no_signal()
    phone.begin()
    phone.part()
    phone.say_first("Hard chairs.")
    for code, answer in (("P-WA-01", "fine"), (GONE, "fine")):
        phone.page.locator(f'input[name="a.{code}"][value="{answer}"]').check()
    phone.photo(50)
    phone.all_parts()
    phone.look_over()
    phone.send()
    expect(phone.page.get_by_text("There is no signal just now")).to_be_visible()
    only_version_2(monkeypatch)
    phone.signal()
    expect(phone.page.get_by_text("The questions have changed since you wrote this. Nothing is lost.")).to_be_visible()
    (before,) = phone.kept()
    assert set(before["draft"]["answers"]) == {"WA/P-WA-01", f"WA/{GONE}"}
    phone.page.get_by_role("button", name="Look it over again").click()
    expect(phone.page.get_by_role("heading", name="Not asked any more")).to_be_visible()
    expect(phone.page.get_by_text("Hard chairs.")).to_be_visible()
    (after,) = phone.kept()
    assert set(after["draft"]["answers"]) == {"WA/P-WA-01"}
    assert [(one["at"], one["said"]) for one in after["draft"]["gone"]] == [(f"WA/{GONE}", {"answer": "fine"})]
    phone.send()
    phone.safe(ANSWERS + 1)
    (sent,) = versions(phone, server)
    assert sent["instrument_version"] == 2
    assert [one["item"] for one in sent["answers"]] == ["P-WA-01"]
    assert sent["first_impressions"] == {"WA": "Hard chairs."}
    assert len(sent["photos"]) == 1
