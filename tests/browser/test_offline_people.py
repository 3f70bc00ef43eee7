"""A phone that is shared, lent or handed on: each sees their own and nothing else; what is to be wiped is wiped."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from tests.browser.on_a_phone import ANSWERS, PIE, OnAPhone
from tests.browser.phone_server import Held, PhoneServer, answers

PUT_VISIT = r"PUT .*/visits/[0-9a-f-]+$"
_TELL_OF_ANSWERS = """() => {
  const asks = self.fetch
  self.answered = new Promise((settle) => {
    self.fetch = async (...asked) => {
      const answer = await asks(...asked)
      if (/phone$/.test(answer.url) && answer.headers.has('X-Open-Door-Owner')) setTimeout(settle, 0)
      return answer
    }
  })
}"""


def sign_out(phone: OnAPhone) -> None:
    """From the first page."""
    phone.open("/")
    phone.page.get_by_role("button", name="Sign out").click()


def test_deleting_from_the_phone_asks_first_and_leaves_nothing(phone: OnAPhone) -> None:
    phone.sign_in()
    phone.no_signal()
    phone.write(photos=1)
    phone.open("/")
    phone.page.get_by_role("button", name="Delete from this phone").click()
    expect(phone.page.get_by_text("It was not sent, so nobody will have it.")).to_be_visible()
    phone.page.get_by_role("button", name="No, keep it").click()
    assert len(phone.kept()) == 1
    phone.page.get_by_role("button", name="Delete from this phone").click()
    phone.page.get_by_role("button", name="Yes, delete it").click()
    expect(phone.page.get_by_text("Nothing is kept on this phone just now")).to_be_visible()
    assert (phone.kept(), phone.kept("files")) == ([], [])


def test_a_shared_phone_forgets_the_visit_after_the_receipt_and_not_before(phone: OnAPhone) -> None:
    phone.sign_in()
    phone.no_signal()
    phone.write(photos=1, shared=True)
    phone.send()
    expect(phone.page.get_by_text("There is no signal just now")).to_be_visible()
    assert len(phone.kept("files")) == 1
    phone.signal()
    expect(phone.page.get_by_text("so this phone has deleted it")).to_be_visible()
    assert (phone.kept(), phone.kept("files")) == ([], [])
    assert phone.server.called("PUT .*/photos/") == 1


def test_a_shared_phone_keeps_the_visit_while_the_receipt_says_that_something_is_on_its_way(
    phone: OnAPhone, server: PhoneServer
) -> None:
    phone.sign_in()
    phone.write(photos=1, shared=True)
    half = json.dumps({"state": "receiving", "photos": [], "voice_notes": []}).encode()
    server.next("GET .*/receipt", answers("200 OK", half), times=50)
    phone.send()
    expect(phone.page.get_by_text("Open Door is busy. Nothing is lost.")).to_be_visible()
    assert (len(phone.kept()), len(phone.kept("files"))) == (1, 1)
    server.calm()
    expect(phone.page.get_by_text("so this phone has deleted it")).to_be_visible()
    assert (phone.kept(), phone.kept("files")) == ([], [])


def test_deleting_what_is_safe_leaves_it_with_us(phone: OnAPhone) -> None:
    phone.sign_in()
    phone.write(photos=1)
    phone.send()
    phone.safe(ANSWERS + 1)
    (visit,) = phone.kept()
    phone.page.get_by_role("button", name="Delete from this phone").click()
    expect(phone.page.get_by_text("What you sent is safe with us.")).to_be_visible()
    assert (phone.kept(), phone.kept("files")) == ([], [])
    receipt = phone.server.house.as_("volunteer-1").get(visit["id"], "/receipt").get_json()
    assert [one["state"] for one in receipt["photos"]] == ["safe"]


def test_deleting_in_the_middle_of_an_upload_leaves_nothing_on_the_phone_and_sends_the_next_visit(
    phone: OnAPhone, server: PhoneServer
) -> None:
    phone.sign_in()
    phone.write(photos=1)
    held = Held()
    server.next("PUT .*/photos/", held)
    phone.send()
    assert held.begun.wait(20)
    first = phone.page
    phone.page = phone.tab()
    phone.open("/on-this-phone")
    phone.page.get_by_role("button", name="Delete from this phone").click()
    phone.page.get_by_role("button", name="Yes, delete it").click()
    expect(phone.page.get_by_text("Nothing is kept on this phone just now")).to_be_visible()
    held.go_on()
    expect(first.get_by_role("heading", level=1)).to_have_text("Gone from this phone")
    assert (phone.kept(), phone.kept("files")) == ([], [])
    phone.page = first
    phone.write()
    phone.send()
    phone.safe(ANSWERS)


def test_signing_out_of_a_shared_phone_asks_before_it_deletes_what_was_not_sent(phone: OnAPhone) -> None:
    phone.sign_in()
    phone.write(shared=True)
    sign_out(phone)
    expect(phone.page.get_by_role("dialog")).to_contain_text("not sent yet")
    phone.page.get_by_role("button", name="Stay signed in").click()
    assert len(phone.kept()) == 1
    phone.page.get_by_role("button", name="Sign out").click()
    phone.page.get_by_role("button", name="Delete it and sign out").click()
    expect(phone.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert phone.kept() == []


def test_signing_out_forgets_the_pages_and_keeps_what_was_not_sent_for_its_owner(phone: OnAPhone) -> None:
    phone.sign_in()
    phone.write()
    sign_out(phone)
    expect(phone.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert phone.cached_pages() == []
    phone.no_signal()
    phone.open(f"/visits/{PIE}/phone")
    expect(phone.page.get_by_text("Sign in with your link to see what is kept on this phone")).to_be_visible()
    expect(phone.page.get_by_text("Pier Road office")).to_have_count(0)
    phone.signal()
    phone.sign_in()
    phone.page.get_by_role("link", name="Carry on").click()
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Before you send")


def test_signing_out_with_no_signal_is_finished_before_anything_opens_again(phone: OnAPhone) -> None:
    phone.sign_in()
    phone.no_signal()
    phone.write(words="Only mine to read.")
    phone.open("/")
    phone.signal()
    phone.open("/")
    phone.no_signal()
    phone.page.get_by_role("button", name="Sign out").click()
    expect(phone.page.get_by_text("signing out is not finished")).to_be_visible()
    phone.open(f"/visits/{PIE}/phone")
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("On this phone")
    expect(phone.page.get_by_text("Pier Road office")).to_have_count(0)
    phone.signal()
    phone.open("/")
    expect(phone.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert phone.server.called("POST /sign-out$") == 1
    phone.open("/on-this-phone")
    expect(phone.page.get_by_text("signing out is not finished")).to_have_count(0)
    phone.sign_in()
    expect(phone.page.get_by_role("link", name="Carry on")).to_be_visible()


def test_a_phone_that_can_remember_nothing_shows_its_pages_and_signs_out_all_the_same(phone: OnAPhone) -> None:
    phone.sign_in()
    (worker,) = phone.context.service_workers
    worker.evaluate("() => { IDBDatabase.prototype.transaction = () => { throw new Error('broken') } }")
    phone.open("/")
    expect(phone.page.get_by_role("button", name="Sign out")).to_be_visible()
    phone.page.get_by_role("button", name="Sign out").click()
    expect(phone.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert phone.cached_pages() == []


def test_a_page_that_was_on_its_way_when_they_signed_out_is_not_kept(phone: OnAPhone, server: PhoneServer) -> None:
    phone.sign_in()
    phone.write(words="Only mine to read.")
    sign_out(phone)
    expect(phone.page.get_by_role("heading", name="Sign in")).to_be_visible()
    held = Held()
    server.next(r"GET /visits/.*/phone$", held, times=9)
    (worker,) = phone.context.service_workers
    worker.evaluate(_TELL_OF_ANSWERS)
    phone.page.goto(server.link_for("volunteer-1"))
    phone.page.get_by_role("button", name="Go in").click()
    assert held.begun.wait(20)
    phone.page.get_by_role("button", name="Sign out").click()
    expect(phone.page.get_by_role("heading", name="Sign in")).to_be_visible()
    held.go_on()
    worker.evaluate("() => self.answered")
    phone.wake_worker()
    assert phone.cached_pages() == []
    phone.no_signal()
    phone.open(f"/visits/{PIE}/phone")
    expect(phone.page.get_by_text("Sign in with your link to see what is kept on this phone")).to_be_visible()
    expect(phone.page.get_by_text("Pier Road office")).to_have_count(0)


def test_another_person_on_the_same_phone_sees_nothing_and_sends_nothing_of_the_first(
    phone: OnAPhone, server: PhoneServer
) -> None:
    phone.sign_in("volunteer-1")
    phone.no_signal()
    phone.write(words="Only mine to tell.")
    phone.send()
    expect(phone.page.get_by_text("There is no signal just now")).to_be_visible()
    phone.open("/weather")
    phone.context.clear_cookies()
    phone.signal()
    phone.sign_in("volunteer-2")
    expect(phone.page.get_by_role("button", name="Send now")).to_have_count(0)
    expect(phone.page.get_by_text("Waiting to be sent")).to_have_count(0)
    assert f"/visits/{PIE}/phone" not in phone.cached_pages()
    phone.open(f"/visits/{PIE}/phone")
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("We cannot find that page")
    phone.no_signal()
    phone.open(f"/visits/{PIE}/phone")
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("On this phone")
    expect(phone.page.get_by_text("Nothing is kept on this phone just now")).to_be_visible()
    phone.signal()
    assert server.called(PUT_VISIT) == 0
    phone.sign_in("volunteer-1")
    phone.safe(ANSWERS)
