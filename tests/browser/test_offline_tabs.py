"""Tabs of one phone: killed in the middle of sending, or open beside each other, they lose nothing and send once."""

from __future__ import annotations

from tests.browser.on_a_phone import ANSWERS, OnAPhone
from tests.browser.phone_server import Held, PhoneServer


def test_two_tabs_lose_nothing_of_each_other_and_send_once(phone: OnAPhone, server: PhoneServer) -> None:
    phone.sign_in()
    phone.begin()
    first = phone.page
    second = phone.tab()
    phone.page = second
    phone.open("/")
    phone.page.get_by_role("link", name="Carry on").click()
    phone.part("The front desk")
    phone.say_first("A kind word.")
    phone.all_parts()
    phone.page = first
    phone.part()
    phone.say_first("Hard chairs.")
    phone.all_parts()
    first.reload()
    phone.look_over()
    phone.send()
    phone.safe(ANSWERS)
    (visit,) = phone.kept()
    assert visit["body"]["first_impressions"] == {"RE": "A kind word.", "WA": "Hard chairs."}
    assert server.called(r"PUT .*/visits/[0-9a-f-]+$") == 1


def test_a_tab_that_is_killed_in_the_middle_of_an_upload_loses_nothing(phone: OnAPhone, server: PhoneServer) -> None:
    phone.sign_in()
    phone.write(photos=1)
    held = Held()
    server.next("PUT .*/photos/", held)
    phone.send()
    assert held.begun.wait(20)
    killed = phone.page
    phone.page = phone.tab()
    killed.close(run_before_unload=False)
    held.go_on()
    phone.open("/")
    phone.safe(ANSWERS + 1)
