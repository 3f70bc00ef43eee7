"""The photo editor of the phone on a page of its own, used as people use it: by finger, by keys, by buttons."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from PIL import Image
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Watched


@dataclass
class PhotoDesk:
    """One open editor. Places are in per cent of the picture."""

    watched: Watched

    @property
    def frame(self) -> Locator:
        """The picture."""
        return self.watched.page.locator(".od-marking__frame")

    @property
    def annotations(self) -> list[dict[str, Any]]:
        """What would be sent of the marks."""
        found: list[dict[str, Any]] = self.value("desk.photo.annotations")
        return found

    def value(self, expression: str) -> Any:
        """What the page says."""
        return self.watched.page.evaluate(expression)

    def button(self, name: str) -> Locator:
        """A button by its whole name."""
        return self.watched.page.get_by_role("button", name=name, exact=True)

    def area(self, name: str) -> Locator:
        """A mark, cover or pin in the picture by the start of its name ("Mark 1")."""
        return self.frame.get_by_role("button", name=name)

    def says(self, words: str) -> None:
        """The live region says this now."""
        expect(self.watched.page.locator(".od-marking__status")).to_have_text(words)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A place of the picture on the screen."""
        self.frame.scroll_into_view_if_needed()
        box = self.frame.bounding_box()
        assert box is not None
        return box["x"] + box["width"] * x / 100, box["y"] + box["height"] * y / 100

    def tap(self, x: float, y: float) -> None:
        """A tap of a finger on the picture."""
        self.watched.page.touchscreen.tap(*self.at(x, y))

    def draw(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """A finger that is put down, drawn over the screen and lifted. Takes places of the screen."""
        session = self.watched.context.new_cdp_session(self.watched.page)
        steps = [
            (start[0] + (end[0] - start[0]) * part / 8, start[1] + (end[1] - start[1]) * part / 8) for part in range(9)
        ]
        for at, (x, y) in enumerate(steps):
            kind = "touchMove" if at else "touchStart"
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        session.detach()

    def say(self, felt: str, strength: str, item: str) -> None:
        """Answer the three questions about the chosen mark."""
        page = self.watched.page
        page.get_by_role("radio", name=felt).check()
        page.get_by_role("radio", name=strength).check()
        page.get_by_label("What is it about?").select_option(label=item)

    def box(self, number: int = 0) -> list[float]:
        """Left, top, width and height of a mark that was kept."""
        value = self.annotations[number]["target"]["selector"]["value"]
        return [float(side) for side in value.removeprefix("xywh=percent:").split(",")]

    def picture(self) -> Image.Image:
        """The bytes that would be sent, opened as anybody could."""
        return Image.open(io.BytesIO(self.bytes()))

    def bytes(self) -> bytes:
        """The bytes that would be sent."""
        return bytes(self.value("desk.blob.arrayBuffer().then((buffer) => [...new Uint8Array(buffer)])"))
