"""A volunteer with a phone: what they do in the phone form, and what the phone then has kept."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, ConsoleMessage, Page, expect

from tests.browser.phone_server import PhoneServer
from tests.service.intake.plans import an_id
from tests.service.intake.visiting import a_jpeg

PIE = an_id("assigned-volunteer-1-1-environment")
SHOP = an_id("assigned-volunteer-1-1-mystery-shop")
ANSWERS = 1
"""What "of N safe" counts beside the photos."""

_KEPT = """async (store) => {
  const done = (asked) => new Promise((yes, no) => {
    asked.onsuccess = () => yes(asked.result)
    asked.onerror = () => no(asked.error)
  })
  const db = await done(indexedDB.open('opendoor'))
  if (!db.objectStoreNames.contains(store)) { db.close(); return [] }
  const found = await done(db.transaction(store).objectStore(store).getAll())
  db.close()
  return JSON.parse(JSON.stringify(found))
}"""
_CACHED = """async () => {
  const found = {}
  for (const name of await caches.keys()) {
    found[name] = (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname)
  }
  return found
}"""

ROOM = 8_000_000
"""Bytes a phone may keep in tests of a phone that gets full."""
_KEEP_SOMETHING_BIG = """(bytes) => new Promise((settle, failed) => {
  const opening = indexedDB.open('something-big', 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore('all')
  opening.onerror = () => settle(opening.error.name)
  opening.onsuccess = () => {
    const db = opening.result
    const end = (name) => { db.close(); settle(name) }
    const tx = db.transaction('all', 'readwrite')
    tx.onabort = () => end(tx.error.name)
    tx.oncomplete = () => end('kept')
    tx.objectStore('all').put(new Uint8Array(bytes), 'big')
  }
})"""
_WAKE = """() => {
  const event = new Event('sync')
  let working = Promise.resolve()
  event.tag = 'opendoor-send'
  event.waitUntil = (promise) => { working = promise }
  self.dispatchEvent(event)
  return working.then(() => true, () => false)
}"""


class OnAPhone:
    """One phone, one tab at first. A script that fails or a breach of the security headers is kept in `complaints`."""

    def __init__(self, context: BrowserContext, server: PhoneServer) -> None:
        self.context = context
        self.server = server
        self.complaints: list[str] = []
        self._storage: CDPSession | None = None
        self.page = self.tab()

    def tab(self) -> Page:
        """Another tab."""
        page = self.context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("console", self._console)
        return page

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    def no_signal(self) -> None:
        """Into the cellar."""
        self.context.set_offline(True)

    def signal(self) -> None:
        """And out again."""
        self.context.set_offline(False)

    def open(self, path: str) -> None:
        """Go there."""
        self.page.goto(self.server.address + path)

    def sign_in(self, who: str = "volunteer-1") -> None:
        """Come in by a link; the visits of this phone are then kept on it."""
        self.page.goto(self.server.link_for(who))
        self.page.get_by_role("button", name="Go in").click()
        expect(self.page.get_by_text("It opens without signal, too")).to_be_visible()

    def open_visit(self, assignment: str = PIE) -> None:
        """The phone form of an assignment."""
        self.open(f"/visits/{assignment}/phone")
        expect(self.page.locator("h1")).to_be_visible()

    def begin(self, assignment: str = PIE) -> None:
        """Open the form and start."""
        self.open_visit(assignment)
        self.page.get_by_role("button", name="Start writing it down").click()
        expect(self.page.get_by_role("button", name="Look it over and send")).to_be_visible()

    def part(self, name: str = "Where you wait") -> None:
        """Open one part of the building from the list of parts."""
        self.page.get_by_role("link", name=name).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(name)

    def say_first(self, words: str) -> None:
        """What hit them first."""
        self.page.get_by_role("textbox", name="What hit you first?").fill(words)

    def choose_photo(self, shade: int = 100) -> None:
        """Choose a photo in the part that is open."""
        file: Any = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": a_jpeg(shade, (320, 240))}
        self.page.get_by_label("Choose a photo you have").set_input_files(file)

    def photo(self, shade: int = 100) -> None:
        """Choose a photo in the part that is open, and be done with it."""
        self.choose_photo(shade)
        self.page.get_by_role("button", name="Done with this photo").click()
        expect(self.page.get_by_label("Choose a photo you have")).to_be_attached()

    def all_parts(self) -> None:
        """Back to the list of parts."""
        self.page.get_by_role("button", name="All parts").click()

    def look_over(self, *, shared: bool = False) -> None:
        """From the list of parts to the page before sending, with its questions answered."""
        self.page.get_by_role("button", name="Look it over and send").click()
        self.page.get_by_label("The day you went").fill(self.server.today())
        self.page.get_by_role("radio", name="Morning").check()
        if shared:
            self.page.get_by_role("checkbox", name="Delete this visit from the phone").check()

    def send(self) -> None:
        """Press Send."""
        self.page.get_by_role("button", name="Send", exact=True).click()
        expect(self.page.locator("#screen")).to_have_attribute("data-screen", "sending")

    def write(self, *, photos: int = 0, words: str = "Hard chairs.", shared: bool = False) -> None:
        """A whole visit, up to the moment before it is sent."""
        self.begin()
        self.part()
        self.say_first(words)
        for shade in range(photos):
            self.photo(shade * 20)
        self.all_parts()
        self.look_over(shared=shared)

    def safe(self, files: int) -> None:
        """The page says that all is safe; `files` is the answers and every photo."""
        expect(self.page.get_by_text(f"{files} of {files} safe")).to_be_visible()
        expect(self.page.get_by_text("You can delete this from your phone").first).to_be_visible()

    def kept(self, store: str = "visits") -> list[dict[str, Any]]:
        """What lies in the phone's own database."""
        found: list[dict[str, Any]] = self.page.evaluate(_KEPT, store)
        return found

    def cached(self) -> dict[str, list[str]]:
        """Which addresses the service worker has, by the name of its cache."""
        found: dict[str, list[str]] = self.page.evaluate(_CACHED)
        return found

    def cached_pages(self) -> list[str]:
        """The pages of visits that open without signal."""
        return [path for name, paths in self.cached().items() if name.startswith("opendoor-pages") for path in paths]

    def wake_worker(self) -> bool:
        """What Background Sync does, to the end; false when the worker wants to be woken again later."""
        (worker,) = self.context.service_workers
        done: bool = worker.evaluate(_WAKE)
        return done

    def room(self, quota: int = ROOM) -> None:
        """So many bytes may be kept in all. Say it before the first page: a browser remembers for a while."""
        self._storage = self._storage or self.devtools()
        self._storage.send("Storage.overrideQuotaForOrigin", {"origin": self.server.address, "quotaSize": quota})

    def full(self) -> None:
        """Not a byte more can be kept, and the browser has noticed: it looks again when something big comes."""
        self.room(1)
        assert self.page.evaluate(_KEEP_SOMETHING_BIG, 2 * ROOM) == "QuotaExceededError"

    def devtools(self) -> CDPSession:
        """The way to what no page can do."""
        return self.context.new_cdp_session(self.page)

    def close(self) -> None:
        """Nothing may have complained."""
        self.context.close()
        assert not self.complaints, self.complaints
