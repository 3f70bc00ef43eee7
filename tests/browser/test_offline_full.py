"""A phone whose disk is full: what was kept before is still there, the page says so, and what it must tell is told."""

from __future__ import annotations

from playwright.sync_api import expect

from deploy.servers.waiting import until
from services.intake.store import visits as visit_store
from services.intake.store import wellbeing as care_store
from services.intake.use_cases.visits import key_of
from tests.browser.on_a_phone import ANSWERS, PIE, OnAPhone
from tests.browser.phone_server import PhoneServer
from tests.service.intake.plans import EXERCISE, an_id

PAGE = f"/visits/{PIE}/phone"
FULL = "Your phone is full, so the last thing you did may not be kept."
KEEP = """async (page) => {
  const { active } = await navigator.serviceWorker.ready
  const { port1, port2 } = new MessageChannel()
  const answer = new Promise((settle) => { port1.onmessage = ({ data }) => settle(data) })
  active.postMessage({ keep: [page], language: 'cy' }, [port2])
  return answer
}"""

NOT_NOTED = """async () => {
  const asked = (request) => new Promise((settle) => { request.onsuccess = () => settle(request.result) })
  const db = await asked(indexedDB.open('opendoor'))
  const files = db.transaction('files', 'readwrite').objectStore('files')
  await Promise.all((await asked(files.getAll())).map((file) => asked(files.put({ ...file, state: 'here' }))))
  db.close()
}"""
"""What a phone is left with that was full when each file arrived, and had room again when the visit was safe."""


def kept_words(phone: OnAPhone) -> str | None:
    """What the phone has of the first impression."""
    (visit,) = phone.kept()
    words: str | None = visit["draft"]["first_impressions"].get("WA")
    return words


def visits_there(server: PhoneServer) -> int:
    """How many visits of this volunteer the server has."""
    service = server.house.service
    with service.database.reading() as tx:
        return len(visit_store.visits_by(tx, [key_of(service, EXERCISE, an_id("volunteer-1"))], None, 1000))


def signed_in(phone: OnAPhone) -> None:
    """On a phone that has some room left."""
    phone.room()
    phone.sign_in()


def writing(phone: OnAPhone, words: str) -> None:
    """In the middle of a visit, with something that is kept."""
    signed_in(phone)
    phone.begin()
    phone.part()
    phone.say_first(words)
    until(lambda: kept_words(phone) == words, 20, "what was written was not kept")


def test_full_while_writing_keeps_what_was_there_and_the_rest_as_soon_as_there_is_room(phone: OnAPhone) -> None:
    writing(phone, "Kept before.")
    phone.full()
    phone.say_first("Kept before. And more.")
    expect(phone.page.get_by_role("alert").filter(has_text=FULL)).to_be_visible()
    assert kept_words(phone) == "Kept before."
    expect(phone.page.get_by_role("textbox", name="What hit you first?")).to_have_value("Kept before. And more.")
    phone.room()
    phone.page.locator('input[name="a.P-WA-01"][value="fine"]').check()
    expect(phone.page.get_by_text(FULL)).to_be_hidden()
    assert kept_words(phone) == "Kept before. And more."
    phone.page.reload()
    expect(phone.page.get_by_role("textbox", name="What hit you first?")).to_have_value("Kept before. And more.")


def test_full_while_a_photo_is_kept_says_so_and_leaves_the_other_photo_alone(phone: OnAPhone) -> None:
    writing(phone, "Hard chairs.")
    phone.photo(20)
    (before,) = phone.kept("files")
    phone.full()
    phone.choose_photo(200)
    expect(phone.page.get_by_text(FULL).first).to_be_visible()
    assert phone.kept("files") == [before]
    phone.room()
    phone.photo(200)
    phone.all_parts()
    phone.look_over()
    phone.send()
    phone.safe(ANSWERS + 2)


def test_full_while_a_visit_is_given_to_be_sent_says_so_and_can_be_sent_later(phone: OnAPhone) -> None:
    signed_in(phone)
    phone.write(photos=1)
    phone.full()
    phone.page.get_by_role("button", name="Send", exact=True).click()
    expect(phone.page.get_by_role("alert").filter(has_text=FULL)).to_be_visible()
    (visit,) = phone.kept()
    assert (visit["state"], len(phone.kept("files"))) == ("writing", 1)
    phone.room()
    phone.send()
    phone.safe(ANSWERS + 1)


def test_a_full_phone_still_sends_what_waits_on_it(phone: OnAPhone, server: PhoneServer) -> None:
    before = visits_there(server)
    signed_in(phone)
    phone.no_signal()
    phone.write(photos=1)
    phone.send()
    expect(phone.page.get_by_text("Nothing is lost.")).to_be_visible()
    phone.full()
    phone.signal()
    until(lambda: server.called("GET .*/receipt") > 0, 30, "the visit to be sent")
    assert (visits_there(server), server.called("PUT .*/photos/")) == (before + 1, 1)
    assert len(phone.kept("files")) == 1
    phone.room()
    phone.safe(ANSWERS + 1)
    assert visits_there(server) == before + 1


def test_a_phone_that_could_not_note_each_file_says_that_all_of_a_safe_visit_is_safe(phone: OnAPhone) -> None:
    signed_in(phone)
    phone.write(photos=1)
    phone.send()
    phone.safe(ANSWERS + 1)
    phone.page.evaluate(NOT_NOTED)
    phone.page.reload()
    phone.safe(ANSWERS + 1)


def test_full_while_the_worker_keeps_a_page_loses_nothing_and_shows_the_page(phone: OnAPhone) -> None:
    signed_in(phone)
    phone.write()
    phone.full()
    phone.page.evaluate("caches.delete('opendoor-pages-1')")
    assert phone.page.evaluate(KEEP, PAGE) is False
    phone.open("/")
    phone.page.get_by_role("link", name="Carry on").click()
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Before you send")
    assert phone.cached_pages() == []
    assert kept_words(phone) == "Hard chairs."
    phone.room()
    assert phone.page.evaluate(KEEP, PAGE) is True
    assert PAGE in phone.cached_pages()


def test_on_a_full_phone_a_visit_that_cannot_begin_says_so(phone: OnAPhone) -> None:
    signed_in(phone)
    phone.open_visit()
    phone.full()
    phone.page.get_by_role("button", name="Start writing it down").click()
    expect(phone.page.get_by_role("alert").filter(has_text=FULL)).to_be_visible()
    assert phone.kept() == []


def test_a_phone_that_was_full_from_the_beginning_shows_the_visit_and_says_so(phone: OnAPhone) -> None:
    phone.room(1)
    phone.page.goto(phone.server.link_for("volunteer-1"))
    phone.page.get_by_role("button", name="Go in").click()
    expect(phone.page.get_by_text("It opens without signal, too")).to_be_hidden()
    phone.open_visit()
    said = phone.page.get_by_role("alert").filter(has_text=FULL)
    # The page itself has tried to keep something. What is said next is said of the visit.
    expect(said).to_be_visible()
    said.evaluate("notice => { notice.hidden = true }")
    phone.page.get_by_role("button", name="Start writing it down").click()
    expect(said).to_be_visible()
    phone.room()
    phone.page.get_by_role("button", name="Start writing it down").click()
    expect(phone.page.get_by_role("button", name="Look it over and send")).to_be_visible()
    assert len(phone.kept()) == 1


def test_a_stop_is_told_though_the_phone_is_full(phone: OnAPhone, server: PhoneServer) -> None:
    writing(phone, "Too much.")
    phone.full()
    phone.page.get_by_role("button", name="Stop", exact=True).click()
    expect(phone.page.get_by_role("status")).to_contain_text("is told, and will get in touch")
    with server.house.service.database.reading() as tx:
        kept = care_store.latest(tx, PIE)
    assert kept is not None
    assert kept.trip.stopped_at is not None
