"""The life of a recommendation over the API, as `domain.md` §5 tells it: who may move it where, what each move needs,
and that its history only ever grows.
"""

import uuid
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
import requests

from tests.acceptance import visits
from tests.acceptance.plans import World, new_world, today
from tests.acceptance.product import Client, Product

pytestmark = pytest.mark.slow
BASE = "/api/reporting/v1/recommendations"
A_DAY = [{"kind": "date", "text": (today() + timedelta(days=40)).isoformat()}]
PHOTO = [{"kind": "photo", "text": "The new room", "sha256": "a" * 64}]


@pytest.fixture(scope="module")
def world(product: Product) -> World:
    """An exercise in action, with one red finding, ready to be answered."""
    made = new_world(product, Random(31), [["RE"]])
    made.move("fieldwork")
    for who in made.volunteers:
        answers = [{"item": "P-RE-03", "zone": "RE", "answer": "bad", "trigger": 3}]
        body = visits.plain_environment(made.exercise, made.sites[0], 1, made.day(1), answers)
        assert made.people[who].send_visit(str(uuid.uuid4()), body).status_code == 201
    for to in ("sense-making", "manager-review", "shared", "action"):
        made.move(to)
    product.drain()
    return made


def findings(world: World) -> list[dict[str, Any]]:
    """The findings of the site, as its lead sees them."""
    path = f"/api/assessment/v1/exercises/{world.exercise}/sites/{world.sites[0]}/findings?limit=200"
    items: list[dict[str, Any]] = world.role("lead").get(path).json()["items"]
    return items


def write(world: World, by: Client | None = None, **more: Any) -> requests.Response:
    """Write a recommendation."""
    body = {
        "exercise_id": world.exercise,
        "site_id": world.sites[0],
        "title": "Offer a private room at the desk",
        "why": "Everybody could be heard.",
        "findings": [one["id"] for one in findings(world)],
        "items": ["P-RE-03"],
        "kind": "practice",
        "pie_area": "physical environment and social spaces",
        "cost_band": "none",
        "owner_post": "Front of house",
    }
    return (by or world.role("lead")).post(BASE, {**body, **more})


class Story:
    """One recommendation and what happens to it."""

    def __init__(self, world: World) -> None:
        self.world = world
        made = write(world)
        assert made.status_code == 201, made.text
        self.id = made.json()["id"]

    def move(self, who: str | Client, to: str, note: str = "", evidence: Any = None) -> requests.Response:
        """One person's move."""
        client = self.world.role(who) if isinstance(who, str) else who
        body = {"to": to, **({"note": note} if note else {}), **({"evidence": evidence} if evidence else {})}
        return client.post(f"{BASE}/{self.id}/moves", body)

    def done(self, who: str | Client, to: str, note: str = "", evidence: Any = None) -> None:
        """A move that must be taken."""
        answer = self.move(who, to, note, evidence)
        assert answer.status_code in (200, 201, 202), f"{to}: {answer.status_code} {answer.text}"

    def now(self, who: str = "lead") -> dict[str, Any]:
        """As it stands."""
        answer = self.world.role(who).get(f"{BASE}/{self.id}")
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    def history(self) -> list[dict[str, Any]]:
        """Every entry so far."""
        items: list[dict[str, Any]] = self.world.role("lead").get(f"{BASE}/{self.id}/history").json()["items"]
        return items

    def up_to_shared(self) -> "Story":
        """Agreed by the group and shared with the partner."""
        self.done("lead", "agreed", "Nobody was against it.")
        if self.now()["status"] == "draft":
            self.done(self.world.people[self.world.volunteers[0]], "agreed", "Nobody was against it.")
        if self.now()["status"] == "draft":
            self.done("working-group", "agreed", "Nobody was against it.")
        self.done("lead", "shared")
        return self


def test_from_a_finding_to_a_change_that_was_seen(world: World) -> None:
    story, seen = Story(world), []
    assert story.now()["status"] == "draft"
    story.up_to_shared()
    seen.append(len(story.history()))
    shared = story.now("manager")
    assert shared["status"] == "shared"
    assert (date.fromisoformat(shared["reply_due"]) - today()).days >= 26, "twenty working days are four weeks"
    assert shared["overdue"] is False
    story.done("manager", "accepted", "We will.")
    story.done("manager", "planned", "Starts on Monday; first step: clear the store room.", A_DAY)
    story.done("manager", "doing", "The desk is being moved.")
    story.done("manager", "partner-says-done", "It is there.", PHOTO)
    seen.append(len(story.history()))
    assert story.now()["status"] == "partner-says-done"
    assert story.move("manager", "verified", "We looked.").status_code == 403, "never the partner"
    story.done(world.people[world.volunteers[0]], "verified", "I was offered the room.")
    assert story.now()["status"] == "partner-says-done", "two volunteers, not one"
    again = story.move(world.people[world.volunteers[0]], "verified", "I was offered the room.")
    assert again.status_code < 500
    assert story.now()["status"] == "partner-says-done", "the same volunteer twice is one volunteer"
    story.done(world.people[world.volunteers[1]], "verified", "So was I.")
    assert story.now()["status"] == "verified"
    entries = story.history()
    assert len(entries) > seen[1] > seen[0]
    words = str(entries)
    for note in ("We will.", "The desk is being moved.", "I was offered the room.", "The new room"):
        assert note in words, note
    assert not any(one in words for one in (*world.volunteers, "Volunteer number"))


@pytest.mark.parametrize("to", ["not-accepted", "accepted-in-part", "other-way-offered"])
def test_a_no_needs_a_reason_and_is_told_word_for_word(world: World, product: Product, to: str) -> None:
    story = Story(world).up_to_shared()
    refused = story.move("manager", to)
    if to != "other-way-offered":
        assert refused.status_code == 422, refused.text
        assert any(error["pointer"] == "/note" for error in refused.json()["errors"])
    reason = f"The building is rented until 2031 ({to})."
    if refused.status_code == 422:
        story.done("manager", to, reason)
        product.drain()
        told = world.people[world.volunteers[2]].get("/api/reporting/v1/me/changes").text
        assert reason in told
    assert story.now()["status"] == to


def test_not_yet_goes_back_to_doing(world: World) -> None:
    story = Story(world).up_to_shared()
    story.done("manager", "accepted", "Yes.")
    story.done("manager", "planned", "In May; first step: ask for money.", A_DAY)
    story.done("manager", "doing", "Bought.")
    bare = story.move("manager", "partner-says-done", "Done.")
    assert bare.status_code == 422, f"done without evidence: {bare.text}"
    story.done("manager", "partner-says-done", "Done.", PHOTO)
    one, two = (world.people[who] for who in world.volunteers[:2])
    assert story.move(one, "not-yet").status_code == 422, "what was seen must be said"
    story.done(one, "not-yet", "The door was locked.")
    if story.now()["status"] == "partner-says-done":
        story.done(two, "not-yet", "Locked for me as well.")
    assert story.now()["status"] in ("not-yet", "doing")
    if story.now()["status"] == "not-yet":
        story.done("manager", "doing", "A new key.")
    assert story.now()["status"] == "doing"


def test_moves_that_are_not_there(world: World) -> None:
    found, story = [], Story(world)
    for to in ("shared", "accepted", "planned", "doing", "partner-says-done", "verified", "kept-up"):
        answer = story.move("lead", to, "Because.", PHOTO)
        if answer.status_code != 409 or answer.json()["code"] != "move-not-allowed":
            found.append(f"draft to {to}: {answer.status_code} {answer.text}")
        elif "agreed" not in answer.text:
            found.append(f"draft to {to}: does not name what is allowed: {answer.text}")
    assert story.move("lead", "draft").status_code in (409, 422)
    assert story.move("lead", "archived").status_code == 422
    assert len(story.history()) == 1, "a refused move is not history"
    story.up_to_shared()
    for to in ("draft", "agreed", "verified", "kept-up", "partner-says-done"):
        answer = story.move("manager", to, "Because.", PHOTO)
        if answer.status_code not in (403, 409):
            found.append(f"shared to {to}: {answer.status_code} {answer.text}")
    assert not found, "\n".join(found)


def test_moves_that_are_not_one_s_own(world: World) -> None:
    found, story = [], Story(world)
    for who in ("manager", "sponsor", "staff"):
        status = story.move(who, "agreed", "Because.").status_code
        if status not in (403, 404):
            found.append(f"{who} agrees to a draft: {status}")
    assert story.move("buddy", "agreed", "Because.").status_code in (403, 404)
    story.up_to_shared()
    for who in ("lead", "volunteer", "working-group", "staff", "sponsor", "data-keeper"):
        status = story.move(who, "accepted", "Because.").status_code
        if status != 403:
            found.append(f"{who} answers for the manager: {status}")
    stranger = new_world(world.product, Random(uuid.uuid4().int), [["RE"]])
    assert stranger.role("manager").post(f"{BASE}/{story.id}/moves", {"to": "accepted"}).status_code == 404
    assert stranger.role("lead").get(f"{BASE}/{story.id}").status_code == 404
    assert world.product.client(None).get(f"{BASE}/{story.id}").status_code == 401
    for who in ("manager", "sponsor", "staff", "buddy"):
        status = write(world, by=world.role(who)).status_code
        if status not in (403, 404):
            found.append(f"{who} writes a recommendation: {status}")
    assert not found, "\n".join(found)


def test_pausing_is_proposed_by_one_and_agreed_by_others(world: World) -> None:
    story = Story(world).up_to_shared()
    story.done("manager", "accepted", "Yes.")
    assert story.move("manager", "paused").status_code == 422, "without a reason"
    story.done("manager", "paused", "No builder before May; we look again then.", A_DAY)
    if story.now()["status"] != "paused":
        story.done("working-group", "paused", "We agree.", A_DAY)
    assert story.now()["status"] == "paused"


def test_faulty_recommendations_are_refused_by_name(world: World) -> None:
    found = []
    cases: list[tuple[str, Any, str]] = [
        ("kind", "wish", "/kind"),
        ("kind", 3, "/kind"),
        ("title", "", "/title"),
        ("title", None, "/title"),
        ("title", "a" * 5000, "/title"),
        ("cost_band", "a fiver", "/cost_band"),
        ("items", ["P-XX-01"], "/items"),
        ("items", "P-RE-03", "/items"),
        ("findings", [str(uuid.uuid4())], "/findings"),
        ("findings", "all", "/findings"),
        ("due", "soon", "/due"),
        ("status", "verified", "/status"),
        ("nonsense", 1, "/nonsense"),
    ]
    for field, wrong, pointer in cases:
        answer = write(world, **{field: wrong})
        pointers = [error["pointer"] for error in answer.json().get("errors", [])]
        if answer.status_code != 422 or not any(one.startswith(pointer) for one in pointers):
            found.append(f"{field} {str(wrong)[:20]!r}: {answer.status_code} {pointers}")
    for field in ("exercise_id", "site_id"):
        answer = write(world, **{field: str(uuid.uuid4())})
        if answer.status_code not in (404, 422):
            found.append(f"{field} of nothing: {answer.status_code}")
    assert not found, "\n".join(found)


def test_an_edit_keeps_what_was(world: World) -> None:
    story = Story(world)
    before = len(story.history())
    edited = world.role("lead").call("PATCH", f"{BASE}/{story.id}", json={"title": "A room beside the desk"})
    assert edited.status_code == 200, edited.text
    assert story.now()["title"] == "A room beside the desk"
    assert len(story.history()) == before + 1
    for body in ({"status": "verified"}, {"id": str(uuid.uuid4())}, {"nonsense": 1}, {"kind": 5}):
        answer = world.role("lead").call("PATCH", f"{BASE}/{story.id}", json=body)
        assert answer.status_code == 422, (body, answer.text)
    for who in ("manager", "staff", "sponsor", "buddy"):
        answer = world.role(who).call("PATCH", f"{BASE}/{story.id}", json={"title": "Nothing"})
        assert answer.status_code in (403, 404), (who, answer.text)


def test_lists_go_page_by_page(world: World) -> None:
    for _ in range(3):
        Story(world)
    everything = world.role("lead").get(f"{BASE}?exercise_id={world.exercise}&limit=200").json()
    assert everything["next"] is None
    got, after = [], ""
    for _ in range(len(everything["items"]) + 1):
        page = world.role("lead").get(f"{BASE}?exercise_id={world.exercise}&limit=2{after}").json()
        assert len(page["items"]) <= 2
        got += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert sorted(got) == sorted(one["id"] for one in everything["items"])
    assert len(set(got)) == len(got)


def test_a_no_is_still_told_when_the_exercise_is_closed(product: Product) -> None:
    world = new_world(product, Random(32), [["RE"]])
    world.move("fieldwork")
    for who in world.volunteers:
        answers = [{"item": "P-RE-03", "zone": "RE", "answer": "bad", "trigger": 3}]
        body = visits.plain_environment(world.exercise, world.sites[0], 1, world.day(1), answers)
        assert world.people[who].send_visit(str(uuid.uuid4()), body).status_code == 201
    for to in ("sense-making", "manager-review"):
        world.move(to)
    product.drain()
    story = Story(world).up_to_shared()
    story.done("manager", "not-accepted", "The building is rented until 2031.")
    for to in ("shared", "action"):
        world.move(to)
    world.close()
    product.drain()
    told = world.people[world.volunteers[2]].get("/api/reporting/v1/me/changes").text
    assert "The building is rented until 2031." in told
    late = story.move("manager", "accepted", "After all.")
    assert late.status_code in (403, 404, 409), late.text
