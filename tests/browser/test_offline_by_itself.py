"""Sending goes on by itself in the background and on coming back, and safe is only what the server says is safe."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from deploy.servers.waiting import until
from tests.browser.on_a_phone import ANSWERS, OnAPhone
from tests.browser.phone_server import PhoneServer, answers

PUT_PHOTO = "PUT .*/photos/"


def queued_with_no_signal(phone: OnAPhone, photos: int = 0) -> None:
    """A visit that waits on the phone, and no page of it open."""
    phone.sign_in()
    phone.no_signal()
    phone.write(photos=photos)
    phone.send()
    expect(phone.page.get_by_text("There is no signal just now")).to_be_visible()
    phone.open("/weather")


def test_the_browser_wakes_the_worker_and_it_sends_though_no_page_of_the_visit_is_open(
    phone: OnAPhone, server: PhoneServer
) -> None:
    queued_with_no_signal(phone, photos=1)
    server.next("/api/intake/v1/phone", answers("503 Service Unavailable", Retry_After="1"))
    phone.signal()
    devtools = phone.devtools()
    registrations: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda given: registrations.extend(one["registrationId"] for one in given["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def woken() -> bool:
        if not registrations:  # the browser has not said yet which there are
            return False
        wake = {"origin": server.address, "registrationId": registrations[0], "tag": "opendoor-send"}
        devtools.send("ServiceWorker.dispatchSyncEvent", {**wake, "lastChance": False})
        phone.page.evaluate("new Promise((settle) => setTimeout(settle, 100))")
        return server.called("GET .*/receipt") > 0

    until(woken, 15, "the worker to send the visit")
    assert server.called(PUT_PHOTO) == 1
    phone.open("/on-this-phone")
    phone.safe(ANSWERS + 1)


def test_it_is_sent_on_coming_back_to_the_page_and_after_a_wait_that_the_server_asked_for(
    phone: OnAPhone, server: PhoneServer
) -> None:
    phone.sign_in()
    phone.page.clock.install()
    phone.write()
    server.next("/api/intake/v1/phone", answers("503 Service Unavailable", Retry_After="40"))
    phone.send()
    expect(phone.page.get_by_text("Open Door is busy. Nothing is lost.")).to_be_visible()
    calls = server.called("/api/intake/v1/phone")
    phone.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow'))")
    assert [visit["said"]["code"] for visit in phone.kept()] == ["busy"]
    assert server.called("/api/intake/v1/phone") == calls
    phone.page.clock.fast_forward(41_000)
    phone.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow'))")
    phone.safe(ANSWERS)


def test_it_is_not_called_safe_before_the_server_says_so(phone: OnAPhone, server: PhoneServer) -> None:
    phone.sign_in()
    phone.write(photos=1)
    half = json.dumps({"state": "receiving", "photos": [], "voice_notes": []}).encode()
    server.next("GET .*/receipt", answers("200 OK", half), times=50)
    phone.send()
    expect(phone.page.get_by_text("Open Door is busy. Nothing is lost.")).to_be_visible()
    expect(phone.page.get_by_text("You can delete this from your phone")).to_have_count(0)
    assert [visit["state"] for visit in phone.kept()] == ["queued"]
    server.calm()
    phone.safe(ANSWERS + 1)
