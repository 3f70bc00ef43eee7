"""Phones without Web Locks: a lease keeps two tabs from sending the same, and runs out when its tab was killed."""

from __future__ import annotations

import pytest

from tests.browser.on_a_phone import ANSWERS, OnAPhone
from tests.browser.phone_server import Held, PhoneServer, script_begins_with

NO_LOCKS = "Object.defineProperty(navigator, 'locks', { value: undefined });"
TICKET = "GET /api/intake/v1/phone$"
PUT_PHOTO = "PUT .*/photos/"


@pytest.fixture
def old(phone: OnAPhone, server: PhoneServer) -> OnAPhone:
    """A phone without Web Locks, in its pages and in its worker."""
    phone.context.add_init_script(NO_LOCKS)
    server.next("GET /sw.js", script_begins_with(NO_LOCKS), times=50)
    phone.sign_in()
    assert phone.page.evaluate("navigator.locks") is None
    return phone


def sending_in_another_tab(phone: OnAPhone, server: PhoneServer) -> Held:
    """One tab is in the middle of a photo; this is another one."""
    phone.write(photos=1)
    held = Held()
    server.next(PUT_PHOTO, held)
    phone.send()
    assert held.begun.wait(20)
    return held


def test_without_locks_two_tabs_send_once(old: OnAPhone, server: PhoneServer) -> None:
    held = sending_in_another_tab(old, server)
    first = old.page
    old.page = old.tab()
    old.open("/on-this-phone")
    assert old.wake_worker() is False
    held.go_on()
    old.safe(ANSWERS + 1)
    old.page = first
    old.safe(ANSWERS + 1)
    assert (server.called(TICKET), server.called(PUT_PHOTO)) == (1, 1)


def test_without_locks_the_lease_of_a_dead_tab_runs_out(old: OnAPhone, server: PhoneServer) -> None:
    held = sending_in_another_tab(old, server)
    killed = old.page
    old.page = old.tab()
    killed.close(run_before_unload=False)
    held.go_on()
    old.page.clock.install()
    old.open("/on-this-phone")
    assert old.wake_worker() is False
    assert server.called(TICKET) == 1
    old.page.clock.fast_forward(61_000)
    old.safe(ANSWERS + 1)
    assert server.called(TICKET) == 2
