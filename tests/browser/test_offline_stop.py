"""A stop with no signal is told as soon as it can be, with how long ago it was, and for whoever pressed it."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from deploy.servers.waiting import until
from services.intake.domain.wellbeing import Trip
from services.intake.store import wellbeing as store
from tests.browser.on_a_phone import PIE, SHOP, OnAPhone
from tests.browser.phone_server import PhoneServer
from tests.service.intake.plans import an_id

OTHERS = an_id("assigned-volunteer-2-1-environment")
LATER = timedelta(minutes=35)
AS_IF_EARLIER = """(milliseconds) => new Promise((settle) => {
  const opening = indexedDB.open('opendoor')
  opening.onsuccess = () => {
    const db = opening.result
    const tx = db.transaction('settings', 'readwrite')
    const kept = tx.objectStore('settings')
    const asked = kept.get('tell')
    asked.onsuccess = () => kept.put(asked.result.map((act) => ({ ...act, at: act.at - milliseconds })), 'tell')
    tx.oncomplete = () => { db.close(); settle() }
  }
})"""
"""Page and worker count by clocks of their own, so the moment that was kept is moved, and no clock."""


def trip(server: PhoneServer, assignment: str) -> Trip | None:
    """What the server knows of the last way there and back under that assignment."""
    with server.house.service.database.reading() as tx:
        kept = store.latest(tx, assignment)
    return kept.trip if kept else None


def stop_with_no_signal(phone: OnAPhone, assignment: str) -> None:
    """Pressed where nobody can hear of it."""
    phone.begin(assignment)
    phone.no_signal()
    phone.page.get_by_role("button", name="Stop", exact=True).click()
    expect(phone.page.get_by_role("status")).to_contain_text("No signal just now")


def test_a_stop_told_late_says_how_long_ago_it_was(phone: OnAPhone, server: PhoneServer) -> None:
    phone.sign_in()
    stop_with_no_signal(phone, SHOP)
    phone.page.evaluate(AS_IF_EARLIER, LATER.total_seconds() * 1000)
    phone.signal()
    expect(phone.page.get_by_role("status")).to_contain_text("is told, and will get in touch")
    known = trip(server, SHOP)
    assert known is not None
    assert known.stopped_at is not None
    assert known.stop_told_at is not None
    assert LATER <= known.stop_told_at - known.stopped_at < LATER + timedelta(minutes=10)


def test_a_stop_that_waits_for_one_person_holds_up_nobody_elses(phone: OnAPhone, server: PhoneServer) -> None:
    phone.sign_in("volunteer-1")
    stop_with_no_signal(phone, PIE)
    phone.open("/weather")
    phone.context.clear_cookies()
    phone.signal()
    phone.sign_in("volunteer-2")
    phone.begin(OTHERS)
    phone.page.get_by_role("button", name="Stop", exact=True).click()
    expect(phone.page.get_by_role("status")).to_contain_text("is told, and will get in touch")
    assert (trip(server, OTHERS) is not None, trip(server, PIE)) == (True, None)
    phone.context.clear_cookies()
    phone.sign_in("volunteer-1")
    until(lambda: trip(server, PIE) is not None, 20, "the first person's stop to be told")
