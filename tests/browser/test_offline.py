"""No signal, a server that is gone, a session that has run out: what was opened once opens again; nothing is lost."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.on_a_phone import ANSWERS, PIE, SHOP, OnAPhone
from tests.browser.phone_server import Held, PhoneServer

PAGE = f"/visits/{PIE}/phone"


def test_assigned_visits_with_scenario_and_questions_are_on_the_phone_once_the_first_page_was_opened(
    phone: OnAPhone,
) -> None:
    phone.sign_in()
    phone.no_signal()
    phone.open_visit(SHOP)
    expect(phone.page.get_by_text("Stop before you sign anything or give your number.")).to_be_visible()
    phone.page.get_by_role("button", name="Start writing it down").click()
    phone.page.reload()
    expect(phone.page.get_by_role("button", name="Look it over and send")).to_be_visible()
    phone.page.locator(".od-parts__link").first.click()
    assert phone.page.get_by_role("radio").count() > 3


def test_a_visit_is_filled_with_photos_closed_found_again_finished_and_queued_with_no_signal(phone: OnAPhone) -> None:
    phone.sign_in()
    phone.no_signal()
    phone.begin()
    phone.part()
    phone.say_first("Hard chairs, and a door that bangs.")
    phone.photo(20)
    phone.photo(200)
    first = phone.page
    phone.page = phone.tab()
    first.close()
    phone.open("/")
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("On this phone")
    phone.page.get_by_role("link", name="Carry on").click()
    expect(phone.page.get_by_role("textbox", name="What hit you first?")).to_have_value(
        "Hard chairs, and a door that bangs."
    )
    phone.all_parts()
    phone.look_over()
    phone.send()
    expect(phone.page.get_by_text("0 of 3 safe")).to_be_visible()
    expect(phone.page.get_by_text("There is no signal just now. Nothing is lost.")).to_be_visible()
    expect(phone.page.get_by_text("You can delete this from your phone")).to_have_count(0)
    phone.open("/")
    expect(phone.page.get_by_text("Waiting to be sent. Only this phone has it.")).to_be_visible()
    phone.page.get_by_role("link", name="Carry on").click()
    phone.signal()
    phone.safe(ANSWERS + 2)
    (visit,) = phone.kept()
    assert visit["body"]["first_impressions"] == {"WA": "Hard chairs, and a door that bangs."}
    assert phone.server.called(f"PUT .*/visits/{visit['id']}$") == 1
    assert phone.server.called("PUT .*/photos/") == 2


def test_leaving_quickly_works_with_no_signal_and_leaves_no_form_behind_the_back_button(phone: OnAPhone) -> None:
    phone.sign_in()
    phone.open("/on-this-phone")
    phone.no_signal()
    phone.begin()
    phone.part()
    phone.page.get_by_role("link", name="Leave this page").click()
    expect(phone.page.get_by_role("heading", name="Weather today")).to_be_visible()
    phone.page.go_back()
    expect(phone.page.get_by_role("heading", name="Weather today")).to_be_visible()
    phone.page.go_back()
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("On this phone")


def test_a_server_that_is_gone_while_the_phone_believes_it_is_online_loses_nothing(
    phone: OnAPhone, server: PhoneServer
) -> None:
    phone.sign_in()
    server.kill()
    try:
        assert phone.page.evaluate("navigator.onLine") is True
        phone.write()
        phone.send()
        expect(phone.page.get_by_text("Open Door does not answer")).to_be_visible()
        phone.page.reload()
        expect(phone.page.get_by_text("Open Door does not answer")).to_be_visible()
        phone.open("/")
        expect(phone.page.get_by_role("heading", level=1)).to_have_text("On this phone")
        phone.page.get_by_role("link", name="Carry on").click()
    finally:
        server.start()
    phone.safe(ANSWERS)


def test_a_line_too_slow_to_wait_for_opens_what_is_kept(phone: OnAPhone, server: PhoneServer) -> None:
    phone.sign_in()
    never = Held()
    server.next(f"GET {PAGE}", never)
    try:
        phone.begin()
    finally:
        never.go_on()


def test_after_the_session_has_run_out_the_visit_still_opens_and_is_sent_when_signed_in_again(phone: OnAPhone) -> None:
    phone.sign_in()
    phone.context.clear_cookies()
    phone.write()
    phone.send()
    expect(phone.page.get_by_text("You need to sign in again with your link.")).to_be_visible()
    expect(phone.page.get_by_role("link", name="Sign in again")).to_be_visible()
    assert [visit["state"] for visit in phone.kept()] == ["queued"]
    phone.page.goto(phone.server.link_for("volunteer-1"))
    phone.page.get_by_role("button", name="Go in").click()
    phone.safe(ANSWERS)


def test_nothing_else_of_a_signed_in_person_is_kept_and_no_token(phone: OnAPhone) -> None:
    phone.sign_in()
    for path in (f"/visits/{PIE}/ready", f"/visits/{PIE}/phone", "/changes", "/api/intake/v1/me", "/"):
        phone.open(path)
    phone.write()
    phone.send()
    phone.safe(ANSWERS)
    pages = phone.cached_pages()
    assert PAGE in pages
    said = [path for path in pages if path.startswith("/static/phone/")]
    assert said
    assert all(path.endswith("/phone") and path.startswith("/visits/") for path in pages if path not in said)
    others = [path for paths in phone.cached().values() for path in paths if path not in pages]
    assert all(path.startswith("/static/") or path in ("/weather", "/on-this-phone") for path in others)
    found = phone.page.evaluate(
        """async () => {
      const texts = []
      for (const name of await caches.keys()) {
        const cache = await caches.open(name)
        for (const request of await cache.keys()) {
          if (!request.url.includes('/static/')) texts.push(await (await cache.match(request)).text())
        }
      }
      return texts
    }"""
    )
    assert not [text for text in found if "csrf" in text or "The volunteer-1" in text]


def test_a_new_build_takes_its_pages_along_and_throws_the_old_files_away(phone: OnAPhone) -> None:
    phone.page.goto(phone.server.link_for("volunteer-1"))
    phone.page.evaluate(
        """async (page) => {
      await (await caches.open('opendoor-files-0123456789')).put('/static/shared/old.js', new Response('old'))
      const old = new Response('old', { headers: { 'X-Open-Door-Owner': 'x' } })
      await (await caches.open('opendoor-pages-1')).put(page, old)
    }""",
        PAGE,
    )
    phone.page.get_by_role("button", name="Go in").click()
    expect(phone.page.get_by_text("It opens without signal, too")).to_be_visible()
    assert "opendoor-files-0123456789" not in phone.cached()
    phone.no_signal()
    phone.begin()
