"""Every state that the demo exercise does not show: nothing there yet, every stage, names that hardly fit, forms that
were refused, what was taken back or stopped, what was set aside; by day, by night, at twice the size, on paper.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from shared.contracts.catalogue import PERSON_LISTED
from shared.contracts.examples import example
from shared.messaging.relay import Relay
from tests.acceptance.plans import World
from tests.browser.conftest import OpenPage, Watched
from tests.browser.walking import every_kind
from tests.browser.whole_house import LONG, STAGES, House, role_of

pytestmark = pytest.mark.slow

CHANGED_BY_STAGE = {"lead": "lead", "manager": "manager", "volunteer": "volunteer", "staff": "staff"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("states") / "data")
    yield house
    house.close()


@pytest.fixture(scope="module")
def lived(house: House) -> World:
    """An exercise in which things are being changed."""
    return house.at("action")


@pytest.fixture(scope="module")
def going(house: House) -> World:
    """An exercise whose visits are under way."""
    return house.at("fieldwork")


def opened(
    house: House, open_page: OpenPage, world: World, role: str, width: int = 360, *, script: bool = True
) -> Watched:
    watched = open_page(width, script=script)
    house.sign_in(watched.context, role_of(world, role))
    return watched


@pytest.mark.parametrize("role", ["lead", "data-keeper", "volunteer", "buddy", "manager"])
def test_where_nothing_is_yet_every_page_says_what_will_be_there(house: House, open_page: OpenPage, role: str) -> None:
    plan = {**house.named_at_length().plan}
    watched = opened(house, open_page, World(plan, {}, house), role)  # type: ignore[arg-type]
    walked = 0
    for kind, response in every_kind(watched.page, house.address, [f"{house.address}/"]):
        assert response.status == 200, (kind, response.status)
        watched.check_all_round()
        walked += 1
    assert walked >= 1


@pytest.mark.parametrize("stage", STAGES)
def test_in_every_stage_names_that_hardly_fit_still_do(house: House, open_page: OpenPage, stage: str) -> None:
    world = house.at(stage)
    for role in CHANGED_BY_STAGE:
        watched = opened(house, open_page, world, role)
        for path in ("/", f"/exercises/{world.exercise}", f"/findings/{world.exercise}/{world.sites[0]}"):
            response = watched.page.goto(house.address + path)
            assert response is not None
            assert response.status in (200, 404), (role, path, response.status)
            watched.check_all_round()
        assert not watched.complaints


def test_what_is_full_is_told_apart_with_more_contrast_and_on_paper(
    house: House, lived: World, open_page: OpenPage
) -> None:
    watched = opened(house, open_page, lived, "lead")
    places = ["/", "/recommendations", "/words-and-photos", f"/exercises/{lived.exercise}"]
    for path in [*places, f"/findings/{lived.exercise}/{lived.sites[0]}", f"/reports/{lived.exercise}"]:
        watched.open(house.address + path)
        watched.check()
        watched.check_more_contrast()
        watched.page.emulate_media(media="print")
        expect(watched.page.get_by_role("navigation", name="Pages")).to_have_count(0)
        expect(watched.page.get_by_role("heading", level=1)).to_be_visible()
        assert watched.page.locator("button:visible").count() == 0, f"{path} prints a button"
        watched.check_width()
        watched.page.emulate_media(media="screen")


def test_a_visit_taken_back_and_one_that_was_stopped(house: House, going: World, open_page: OpenPage) -> None:
    mine = going.volunteers[0]
    back = house.send(going, mine)
    assert going.people[mine].withdraw(back).status_code == 200
    stopped = house.send(going, mine, stopped_early=True, keep_answers=False)
    house.drain()
    watched = opened(house, open_page, going, "volunteer")
    for path in ("/", f"/visits/{back}/receipt", f"/visits/{stopped}/receipt", f"/visits/{stopped}/take-back"):
        watched.open(house.address + path)
        watched.check_all_round()
    assert not watched.complaints


def test_a_place_where_no_photo_may_be_taken_offers_none(house: House, open_page: OpenPage) -> None:
    world = house.named_at_length(photos=False)
    world.move("fieldwork")
    house.drain()
    watched = opened(house, open_page, world, "volunteer")
    watched.open(house.address)
    watched.page.locator(".od-card", has_text="Look at the building").get_by_role("link", name="Get ready").click()
    expect(watched.page.get_by_text("No photos may be taken at this place.")).to_be_visible()
    watched.check_all_round()
    ready = watched.page.url
    page = opened(house, open_page, world, "volunteer", script=False).page
    page.goto(ready)
    page.get_by_role("button", name="Start writing it down").click()
    written = page.url
    page.locator(".od-parts__link").first.click()
    expect(page.locator("main")).to_contain_text("What hit you first?")
    expect(page.get_by_text("Take a photo now")).to_have_count(0)
    for address in (written, page.url):
        watched.open(address)
        watched.check_all_round()


def test_what_the_machine_set_aside_is_told_and_can_be_tried_again(
    house: House, going: World, open_page: OpenPage
) -> None:
    watched = opened(house, open_page, going, "lead")
    watched.open(f"{house.address}/findings/set-aside")
    expect(watched.page.get_by_text("Nothing is set aside.")).to_be_visible()
    broken = replace(example(PERSON_LISTED), data={"person_id": "nobody"})
    next(job for job in house.jobs if isinstance(job, Relay)).log.publish([broken])
    house.drain()
    watched.open(f"{house.address}/findings/set-aside")
    watched.check_all_round()
    watched.page.get_by_role("button", name="Try all of them again").click()
    expect(watched.page.get_by_role("status")).to_contain_text("still set aside")
    watched.check_all_round()


Fill = Callable[[Page], None]


def nothing(page: Page) -> None:
    """Send the form as it came."""


def emptied(*labels: str) -> Fill:
    """Take away what stands in these fields."""

    def fill(page: Page) -> None:
        for label in labels:
            page.get_by_label(label, exact=True).first.fill("")

    return fill


def overlong(label: str, most: int) -> Fill:
    """More than the field takes, as somebody pastes it whose browser does not count."""

    def fill(page: Page) -> None:
        field = page.get_by_label(label).first
        field.evaluate(
            "field => { field.removeAttribute('maxlength'); field.closest('details')?.setAttribute('open', '') }"
        )
        field.fill("x" * (most + 1))

    return fill


def back_to_front(page: Page) -> None:
    """A wave that ends before it begins."""
    page.get_by_label("First day").first.fill("2027-05-02")
    page.get_by_label("Last day").first.fill("2027-05-01")


def no_plan(page: Page) -> None:
    """A file that is something else."""
    file = {"name": "plan.json", "mimeType": "application/json", "buffer": b"Dear all,"}
    page.get_by_label("Plan file").set_input_files(files=[file])  # type: ignore[list-item]


REFUSED: list[tuple[str, str, str, Fill]] = [
    ("lead", "/exercises/new", "Begin", nothing),
    ("lead", "/exercises/new", "Bring it in", no_plan),
    ("lead", "/exercises/{exercise}/plan/about", "Save", emptied("Title of the exercise", "Name of the partner")),
    ("lead", "/exercises/{exercise}/plan/waves", "Save", back_to_front),
    ("lead", "/exercises/{exercise}/plan/sites/new", "Save", nothing),
    ("lead", "/exercises/{exercise}/plan/people/new", "Save", nothing),
    ("lead", "/exercises/{exercise}/plan/scenarios/new", "Save", nothing),
    ("lead", "/exercises/{exercise}/plan/assignments", "Ask them", nothing),
    ("lead", "/exercises/{exercise}/back", "Go back to “Shared with all staff”", nothing),
    ("lead", "/exercises/{exercise}/closure", "Sign the closure", nothing),
    ("lead", "/my-number", "Save", overlong("Your number", 200)),
    ("lead", "/words-and-photos?show=words", "Share this copy", emptied("The copy to share")),
    ("lead", "/recommendations/{recommendation}", "Add it", nothing),
    ("manager", "/recommendations/{recommendation}", "Look once more, then send", nothing),
    ("lead", "/recommendations/{recommendation}/edit", "Keep it", overlong("How is it now?", 4000)),
    ("lead", "/recommendations/write/{exercise}", "Write my own", overlong("Or say it in your own words", 200)),
    ("staff", "/reports/{exercise}", "Look once more, then say it", nothing),
    ("manager", "/findings/{exercise}/{site}", "Put it beside the finding", overlong("Facts we got wrong", 4000)),
]


@pytest.mark.parametrize(("role", "path", "button", "fill"), REFUSED, ids=[f"{r[1]} {r[2]}" for r in REFUSED])
def test_a_form_that_is_refused_says_why_beside_the_field_and_leads_there(
    house: House, lived: World, open_page: OpenPage, role: str, path: str, button: str, fill: Fill
) -> None:
    watched = opened(house, open_page, lived, role)
    page = watched.page
    recommendation = lived.role("lead").get("/api/reporting/v1/recommendations").json()["items"][0]["id"]
    names = {"exercise": lived.exercise, "site": lived.sites[0], "recommendation": recommendation}
    watched.open(house.address + path.format(**names))
    fill(page)
    page.evaluate("document.querySelectorAll('form').forEach(form => { form.noValidate = true })")
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        page.get_by_role("button", name=button, exact=True).first.click()
    assert answered.value.status in (409, 422), f"{path} answered {answered.value.status}"
    expect(page).to_have_title(re.compile("There is a problem"))
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    for link in summary.get_by_role("link").all():
        link.click()
        assert page.evaluate("document.activeElement.matches('input, textarea, select')"), link.inner_text()
        described = page.evaluate("document.activeElement.closest('.govuk-form-group--error') !== null")
        assert described, f"{link.inner_text()} does not stand beside its field"
    assert summary.get_by_role("link").count(), "the sentence leads to no field"
    watched.check_all_round()
    assert not watched.complaints


TABBED = """() => {
  const here = document.activeElement, look = getComputedStyle(here)
  const all = [...document.querySelectorAll('*')]
  const label = here.matches('input') ? getComputedStyle(here.nextElementSibling ?? here, '::before') : look
  return {
    place: all.indexOf(here),
    name: here.tagName + ' ' + (here.textContent.trim() || here.name || '').slice(0, 40),
    seen: [look, label].some(one => one.outlineStyle !== 'none' || one.boxShadow !== 'none'),
    inside: here !== document.body && here !== document.documentElement,
  }
}"""
LAST = """() => {
  const all = [...document.querySelectorAll('a[href], button, summary, select, textarea')]
  const shown = all.filter(one => one.checkVisibility())
  return [...document.querySelectorAll('*')].indexOf(shown.at(-1))
}"""
MOST_TABS = 200


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("lead", "/exercises/{exercise}/plan/assignments"),
        ("manager", "/findings/{exercise}/{site}"),
        ("manager", "/recommendations"),
        ("volunteer", "/"),
    ],
)
def test_the_tab_key_goes_through_a_page_in_order_is_seen_and_finds_the_way_out(
    house: House, lived: World, open_page: OpenPage, role: str, path: str
) -> None:
    watched = opened(house, open_page, lived, role, width=1280)
    watched.open(house.address + path.format(exercise=lived.exercise, site=lived.sites[0]))
    before = -1
    for _ in range(MOST_TABS):
        watched.page.keyboard.press("Tab")
        told = watched.page.evaluate(TABBED)
        if not told["inside"] or told["place"] < before:
            break  # round again: the browser's own buttons, or the first link
        assert told["place"] > before, f"caught at {told['name']}"
        assert told["seen"], f"nobody sees that {told['name']} has the focus"
        before = told["place"]
    else:
        raise AssertionError("the page never ends")
    assert watched.page.evaluate(LAST) <= before, "the tab key does not come to the end of the page"


def test_pages_that_say_no_say_it_alike_to_somebody_who_is_signed_in(
    house: House, lived: World, going: World, open_page: OpenPage
) -> None:
    watched = opened(house, open_page, lived, "lead")
    page = watched.page
    watched.open(f"{house.address}/exercises/{going.exercise}", expect=404)
    expect(page.get_by_role("heading", level=1)).to_have_text("We cannot find that page")
    watched.check_all_round()
    about = f"{house.address}/exercises/{lived.exercise}/plan/about"
    for hidden, value, words in (
        ("csrf_token", "from last week", "it was not sent"),
        ("version", "0", "changed"),
    ):
        watched.open(about)
        page.eval_on_selector(
            f"form input[name={hidden}][type=hidden] >> nth=-1", "(field, it) => { field.value = it }", value
        )
        page.get_by_role("button", name="Save").click()
        expect(page.locator("main")).to_contain_text(words)
        watched.check_all_round()
    assert LONG not in page.title()
