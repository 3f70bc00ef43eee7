"""The wait that the server asked for holds for all that sends by itself; what somebody presses goes at once."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.on_a_phone import ANSWERS, PIE, OnAPhone
from tests.browser.phone_server import PhoneServer, answers

TICKET = "/api/intake/v1/phone$"
STOP = f"POST .*/phone/assignments/{PIE}/stop"
BUSY = "Open Door is busy. Nothing is lost."
COMES_BACK = "dispatchEvent(new PageTransitionEvent('pageshow'))"


def told_to_wait(phone: OnAPhone, server: PhoneServer, seconds: int) -> None:
    """A visit that was sent to a server which asks for time."""
    phone.write()
    server.next(TICKET, answers("503 Service Unavailable", Retry_After=str(seconds)))
    phone.send()
    expect(phone.page.get_by_text(BUSY)).to_be_visible()
    assert server.called(TICKET) == 1


def test_a_worker_that_is_woken_during_the_wait_makes_no_call_and_asks_to_be_woken_again(
    phone: OnAPhone, server: PhoneServer
) -> None:
    phone.sign_in()
    told_to_wait(phone, server, 900)
    assert phone.wake_worker() is False
    phone.page.evaluate(COMES_BACK)
    assert phone.wake_worker() is False
    assert server.called(TICKET) == 1
    expect(phone.page.get_by_text(BUSY)).to_be_visible()
    phone.page.get_by_role("button", name="Try to send now").click()
    phone.safe(ANSWERS)


def test_a_worker_that_is_woken_during_a_short_wait_sends_after_it_though_no_page_is_open(
    phone: OnAPhone, server: PhoneServer
) -> None:
    phone.sign_in()
    told_to_wait(phone, server, 2)
    phone.open("/weather")
    phone.wake_worker()
    phone.open("/on-this-phone")
    phone.safe(ANSWERS)
    asked, *later = server.called_at(TICKET)
    assert later
    assert min(later) - asked >= 2


def test_what_is_told_by_itself_waits_too_and_a_stop_that_is_pressed_does_not(
    phone: OnAPhone, server: PhoneServer
) -> None:
    phone.sign_in()
    phone.begin()
    server.next(STOP, answers("503 Service Unavailable", Retry_After="900"))
    phone.page.get_by_role("button", name="Stop", exact=True).click()
    expect(phone.page.get_by_role("status")).to_contain_text("No signal just now")
    phone.page.evaluate(COMES_BACK)
    assert phone.wake_worker() is False
    assert server.called(STOP) == 1
    phone.page.get_by_role("button", name="Go on with the visit").click()
    phone.page.get_by_role("button", name="Stop", exact=True).click()
    expect(phone.page.get_by_role("status")).to_contain_text("is told, and will get in touch")
    assert server.called(STOP) == 3
