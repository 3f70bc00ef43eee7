"""Marks on a photo on the phone, in a real browser: by finger, by keyboard alone, by buttons; and what comes out."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from services.intake.domain.annotations import as_annotation, read_mark
from services.intake.domain.pins import pin_faults
from shared.contracts import instruments
from tests.browser.conftest import OpenPage
from tests.browser.photo_desk import PhotoDesk

pytestmark = pytest.mark.slow
SEAT, DOOR = "Could you choose where to sit?", "Could you see the door from your seat?"
TENSE = "It made me tense. I wanted to look away, hurry or move."


@pytest.fixture
def opened(gallery: str, open_page: OpenPage) -> Any:
    """opened(width=360, theme="light", plan="") opens the editor, or the sketch of a part."""

    def open_desk(width: int = 360, theme: str = "light", plan: str = "") -> PhotoDesk:
        watched = open_page(width, theme, touch=True)
        watched.open(f"{gallery}/gallery/marking?plan={plan}")
        expect(watched.page.locator("[data-ready]")).to_be_attached()
        return PhotoDesk(watched)

    return open_desk


def test_a_tap_places_a_mark_that_is_kept_as_the_annotation_the_server_writes(opened: Any) -> None:
    desk = opened()
    desk.tap(30, 50)
    desk.says("Mark 1, middle left")
    expect(desk.area("Mark 1, not said yet what it did, middle left")).to_be_focused()
    assert desk.annotations == []
    expect(desk.watched.page.get_by_text("Not kept yet")).to_be_visible()
    desk.say("It got to me", TENSE, SEAT)
    desk.watched.page.get_by_label("In your words").fill("I sat with my back to the door.")
    desk.button("Done with this mark").click()
    (annotation,) = desk.annotations
    mark = read_mark(annotation, instruments.load("pie-environment", 1), 4000)
    assert as_annotation(mark) == annotation
    assert (mark.felt, mark.item, mark.strength) == ("trigger", "P-WA-01", 2)
    assert mark.words == "I sat with my back to the door."
    assert mark.left + mark.width / 2 == pytest.approx(30, abs=0.5)
    assert mark.top + mark.height / 2 == pytest.approx(50, abs=0.5)
    expect(desk.watched.page.get_by_role("listitem").filter(has_text="back to the door")).to_contain_text(TENSE)


def test_a_finger_moves_and_sizes_the_chosen_mark_and_scrolls_the_page_elsewhere(opened: Any) -> None:
    desk = opened()
    desk.tap(50, 50)
    desk.say("It helped me", "Nice.", DOOR)
    left, top, width, height = desk.box()
    desk.draw(desk.at(50, 50), desk.at(70, 40))
    moved = desk.box()
    assert moved[:2] == pytest.approx([left + 20, top - 10], abs=1)
    assert moved[2:] == [width, height]
    desk.draw(desk.at(moved[0] + width, moved[1] + height), desk.at(moved[0] + width + 10, moved[1] + height + 15))
    sized = desk.box()
    assert sized[:2] == moved[:2]
    assert sized[2:] == pytest.approx([width + 10, height + 15], abs=1)
    desk.draw(desk.at(sized[0], sized[1]), desk.at(0, 0))
    x, y, wide, high = desk.box()
    assert (x, y) == (0, 0)
    assert (x + wide, y + high) == pytest.approx((sized[0] + sized[2], sized[1] + sized[3]), abs=0.2)
    desk.button("Done with this mark").click()
    before = desk.annotations
    start = desk.at(50, 80)
    height_before = desk.value("scrollY")
    desk.draw(start, (start[0], start[1] - 150))
    assert desk.value("scrollY") > height_before
    assert desk.annotations == before
    assert desk.value("document.querySelectorAll('.od-area').length") == 1


def test_keys_alone_place_say_move_size_and_remove(opened: Any) -> None:
    desk = opened(1280)
    keys = desk.watched.page.keyboard
    desk.button("Put a mark in the middle").focus()
    keys.press("Enter")
    desk.says("Mark 1, middle centre")
    expect(desk.area("Mark 1")).to_be_focused()
    expect(desk.button("Remove")).to_be_visible()
    desk.watched.page.get_by_role("radio", name="It got to me").focus()
    keys.press("Space")
    keys.press("Tab")
    keys.press("Space")
    keys.press("ArrowDown")
    keys.press("Tab")
    expect(desk.watched.page.get_by_label("What is it about?")).to_be_focused()
    keys.type(SEAT[:10])
    keys.press("Tab")
    keys.type("Noisy.")
    keys.press("Tab")
    expect(desk.button("Done with this mark")).to_be_focused()
    assert desk.annotations[0]["body"] | {"type": ""} == {
        "type": "", "purpose": "tagging", "value": "trigger", "item": "P-WA-01", "strength": 2, "words": "Noisy.",
    }  # fmt: skip
    left, top, width, height = desk.box()
    desk.area("Mark 1").focus()
    keys.press("ArrowLeft")
    keys.press("ArrowUp")
    assert desk.box() == pytest.approx([left - 2, top - 2, width, height], abs=0.11)
    keys.press("Shift+ArrowRight")
    keys.press("Shift+ArrowDown")
    assert desk.box() == pytest.approx([left - 2, top - 2, width + 2, height + 2], abs=0.11)
    keys.press("+")
    keys.press("-")
    assert desk.box() == pytest.approx([left - 2, top - 2, width + 2, height + 2], abs=0.11)
    keys.press("Delete")
    desk.says("Mark 1 is gone.")
    assert desk.annotations == []
    expect(desk.button("Undo: put it back")).to_be_focused()
    keys.press("Enter")
    expect(desk.area("Mark 1, It got to me")).to_be_focused()
    assert desk.annotations[0]["body"]["words"] == "Noisy."


def test_buttons_alone_move_size_and_remove_only_the_chosen_mark(opened: Any) -> None:
    desk = opened()
    expect(desk.button("Bigger")).to_have_count(0)
    for at in ((25, 40), (75, 60)):
        desk.tap(*at)
        desk.say("It helped me", "It helped me settle.", DOOR)
        desk.button("Done with this mark").click()
    expect(desk.button("Change: Mark 2")).to_be_focused()
    other = desk.box(1)
    desk.button("Change: Mark 1").click()
    left, top, width, height = desk.box(0)
    for name, count in (("Right", 2), ("Left", 1), ("Down", 2), ("Up", 1), ("Bigger", 2), ("Smaller", 1)):
        for _ in range(count):
            desk.button(name).click()
    assert desk.box(0) == pytest.approx([left, top, width + 4, height + 4], abs=0.11)
    for _ in range(30):
        desk.button("Smaller").click()
    small = desk.area("Mark 1").bounding_box()
    assert small is not None
    assert min(small["width"], small["height"]) > 26
    for _ in range(60):
        desk.button("Left").click()
    assert desk.box(0)[0] == 0
    desk.says("Mark 1, middle left")
    assert desk.box(1) == other
    desk.button("Remove").click()
    assert [annotation["target"]["selector"]["value"] for annotation in desk.annotations] == [
        "xywh=percent:" + ",".join(f"{side:g}" for side in other)
    ]
    desk.button("Undo: put it back").tap()
    expect(desk.area("Mark 1, It helped me, middle left")).to_be_focused()
    assert len(desk.annotations) == 2


def test_a_second_tap_moves_a_mark_of_which_nothing_was_said(opened: Any) -> None:
    desk = opened()
    desk.tap(20, 20)
    desk.tap(80, 80)
    desk.says("Mark 1, bottom right")
    expect(desk.frame.get_by_role("button")).to_have_count(1)


def test_kinds_differ_by_shape_sign_and_words(opened: Any) -> None:
    desk = opened()
    for at, felt in (((25, 40), "It got to me"), ((75, 60), "It helped me")):
        desk.tap(*at)
        desk.watched.page.get_by_role("radio", name=felt).check()
    for number, felt, line, sign in ((1, "It got to me", "solid", "▲1"), (2, "It helped me", "dashed", "●2")):
        area = desk.area(f"Mark {number}, {felt}")
        expect(area).to_have_css("border-top-style", line)
        expect(area.locator(".od-area__number")).to_have_text(sign)


def test_marks_that_were_there_can_be_changed_and_what_is_no_box_of_ours_stays(opened: Any) -> None:
    desk = opened()
    ours = {
        "body": {"purpose": "tagging", "value": "trigger", "item": "P-WA-01", "strength": 3},
        "target": {"selector": "xywh=percent:10,20,30.5,15"},
    }
    foreign = {"body": {"purpose": "tagging"}, "target": {"selector": "t=5"}}
    desk.watched.page.evaluate(
        "([ours, foreign]) => desk.open(desk.blob, { ...desk.photo, annotations: [foreign, ours] })", [ours, foreign]
    )
    desk.button("Change: Mark 1").click()
    desk.button("Right").click()
    assert desk.annotations[0] == foreign
    assert desk.annotations[1]["target"]["selector"]["value"] == "xywh=percent:12,20,30.5,15"
    assert desk.annotations[1]["body"]["strength"] == 3


def test_a_pin_goes_on_a_sketch_where_photos_are_not_allowed(opened: Any) -> None:
    desk = opened(plan="WA")
    expect(desk.watched.page.get_by_role("img", name="A sketch, not the real place: Where you wait")).to_be_visible()
    desk.tap(50, 28)
    desk.says("Pin 1, top centre")
    desk.say("It got to me", TENSE, SEAT)
    desk.watched.page.get_by_label("In your words").fill("In rows")
    desk.button("Down").click()
    desk.area("Pin 1").focus()
    desk.watched.page.keyboard.press("ArrowRight")
    expect(desk.button("Bigger")).to_have_count(0)
    before = desk.value("desk.pins")[1]
    assert (before["x"], before["y"]) == pytest.approx((52, 30), abs=0.5)
    desk.draw(desk.at(before["x"], before["y"]), desk.at(20, 60))
    elsewhere, pin = desk.value("desk.pins")
    assert elsewhere["zone"] == "EN"
    assert (pin["x"], pin["y"]) == pytest.approx((20, 60), abs=0.5)
    assert {name: pin[name] for name in pin if name not in "xy"} == {
        "zone": "WA", "value": "trigger", "item": "P-WA-01", "strength": 2, "words": "In rows",
    }  # fmt: skip
    assert pin_faults([pin], instruments.load("pie-environment", 1), 4000) == {}
    desk.button("Remove").click()
    assert desk.value("desk.pins") == [elsewhere]
    desk.button("Undo: put it back").click()
    assert desk.value("desk.pins") == [elsewhere, pin]


def test_every_part_has_a_sketch_of_its_own(gallery: str, open_page: OpenPage) -> None:
    watched = open_page()
    drawn = []
    for zone in instruments.load("pie-environment", 1).zone_codes:
        watched.open(f"{gallery}/gallery/marking?plan={zone}")
        drawn.append(watched.page.locator(".od-plan__word").all_text_contents())
    assert all(len(words) >= 4 and "undefined" not in words for words in drawn)
    assert len({tuple(words) for words in drawn}) == len(drawn)
    assert not watched.complaints


@pytest.mark.parametrize(("width", "theme"), [(320, "light"), (360, "dark"), (1280, "light"), (1280, "dark")])
@pytest.mark.parametrize("plan", ["", "WA"])
def test_the_editor_is_accessible_in_every_state(opened: Any, width: int, theme: str, plan: str) -> None:
    desk = opened(width, theme, plan)
    desk.watched.check()
    desk.tap(30, 50)
    desk.watched.check()
    desk.say("It got to me", TENSE, SEAT)
    desk.watched.check()
    desk.button("Done with this pin" if plan else "Done with this mark").click()
    desk.watched.check()
    desk.button("Remove: Pin 1" if plan else "Remove: Mark 1").click()
    desk.watched.check()


def test_text_at_twice_its_size_still_fits(gallery: str, open_page: OpenPage) -> None:
    watched = open_page(640, touch=True)
    watched.context.new_cdp_session(watched.page).send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    watched.open(f"{gallery}/gallery/marking")
    expect(watched.page.locator("[data-ready]")).to_be_attached()
    PhotoDesk(watched).tap(30, 50)
    watched.page.get_by_role("radio", name="It got to me").check()
    watched.check_width()
