"""Sending from a phone goes on by itself: a visit that waits is sent as soon as any page opens and a server answers."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.on_a_phone import ANSWERS, OnAPhone
from tests.browser.phone_server import PhoneServer


def test_it_is_sent_on_opening_any_page_when_there_is_a_server_again(phone: OnAPhone, server: PhoneServer) -> None:
    phone.sign_in()
    server.kill()
    try:
        phone.write()
        phone.send()
        expect(phone.page.get_by_text("Open Door does not answer")).to_be_visible()
        phone.open("/weather")
    finally:
        server.start()
    phone.open("/")
    phone.safe(ANSWERS)
