"""Every answer of `wire.md`, asked for by every role at every stage, by strangers with the same roles and by nobody;
then what stands in the answers that partners do get.
"""

import hashlib
import re
import uuid
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
import requests

from tests.acceptance import pictures, visits
from tests.acceptance.plans import World, new_world
from tests.acceptance.product import Client, Product
from tests.acceptance.who_sees_what import PARTNER_ROLES, SEES, STAGES, figures
from tests.told_in_files import told

pytestmark = pytest.mark.slow
PRIVATE = "PRIVATEWORDS nobody said these may be shown"
UNRELEASED = "QUOTABLEWORDS that no data keeper has looked at"
LONELY_ZONE = "WA"
PER_SITE = {"wave", "explanation", "comparison", "findings"}
STRANGERS_LOOK_AT = {"plan", "fieldwork", "shared", "closed"}


@dataclass
class Seen:
    """One answer to one person."""

    stage: str
    role: str
    resource: str
    site: int
    answer: requests.Response


@dataclass
class Walk:
    """An exercise that went through all seven stages while everybody looked at everything."""

    world: World
    strangers: World
    visit_ids: list[str] = field(default_factory=list)
    photo_id: str = ""
    seen: list[Seen] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)

    def paths(self, site: int) -> dict[str, str]:
        """Every address of the exercise, by the name of what is there."""
        exercise = self.world.exercise
        base = f"/api/assessment/v1/exercises/{exercise}/sites/{self.world.sites[site]}"
        return {
            "exercise": f"/api/intake/v1/exercises/{exercise}",
            "wave": f"{base}/waves/1",
            "explanation": f"{base}/waves/1/explanation",
            "comparison": f"{base}/comparison?from=1&to=2",
            "findings": f"{base}/findings",
            "recommendations": f"/api/reporting/v1/recommendations?exercise_id={exercise}",
            "documents": f"/api/reporting/v1/exercises/{exercise}/documents",
        }

    def people(self) -> dict[str, Client]:
        """One person for every role; the volunteer is one who made visits."""
        roles = {role: self.world.role(role) for role in SEES["wave"] if role != "volunteer"}
        return {**roles, "volunteer": self.world.people[self.world.volunteers[1]]}

    def look(self, stage: str) -> None:
        """Everybody asks for everything, the strangers and nobody too."""
        for role, person in self.people().items():
            for site in range(len(self.world.sites)):
                for resource, path in self.paths(site).items():
                    if site == 0 or (role in PARTNER_ROLES and resource in PER_SITE):
                        self.seen.append(Seen(stage, role, resource, site, person.get(path)))
        if stage in STRANGERS_LOOK_AT:
            self._strangers_look(stage)
        self._look_at_a_visit(stage)

    def _strangers_look(self, stage: str) -> None:
        nobody = self.world.product.client(None)
        for resource, path in self.paths(0).items():
            for role in self.people():
                answer = self.strangers.role(role).get(path)
                if answer.status_code != 404:
                    self.odd.append(f"{stage}: a stranger's {role} gets {answer.status_code} for {resource}")
            if nobody.get(path).status_code != 401:
                self.odd.append(f"{stage}: nobody gets {nobody.get(path).status_code} for {resource}")

    def _look_at_a_visit(self, stage: str) -> None:
        base = f"/api/intake/v1/visits/{self.visit_ids[0]}" if self.visit_ids else None
        if base is None:
            return
        for path in (base, f"{base}/receipt", f"{base}/photos/{self.photo_id}?size=display"):
            owner = self.world.people[self.world.volunteers[1]].get(path)
            if owner.status_code != 200:
                self.own.append(f"{stage}: its own volunteer gets {owner.status_code} for {path[-40:]}")
            others = {role: person for role, person in self.people().items() if role != "volunteer"}
            others["another volunteer"] = self.world.people[self.world.volunteers[2]]
            others["a stranger"] = self.strangers.people[self.strangers.volunteers[0]]
            for role, person in others.items():
                answer = person.get(path)
                if answer.status_code != 404:
                    self.own.append(f"{stage}: {role} gets {answer.status_code} for {path[-40:]}")

    def send(self, volunteer: int, site: int, wave: int, answers: list[dict[str, Any]], photo: bytes = b"") -> str:
        """A check by one of the volunteers, with words that must go nowhere."""
        world, visit_id = self.world, str(uuid.uuid4())
        body = visits.plain_environment(world.exercise, world.sites[site], wave, world.day(wave), answers)
        body["first_impressions"] = {"RE": PRIVATE}
        body["consents"] = {"use_words": True, "quote": volunteer == 2}
        for answer in answers:
            answer["words"] = UNRELEASED if volunteer == 2 else PRIVATE
        client = world.people[world.volunteers[volunteer]]
        if photo:
            digest = hashlib.sha256(photo).hexdigest()
            listed = {"photo_id": self.photo_id, "sha256": digest, "media_type": "image/jpeg", "bytes": len(photo)}
            body["photos"] = [{**listed, "zone": "RE", "annotations": []}]
        sent = client.send_visit(visit_id, body)
        assert sent.status_code == 201, sent.text
        if photo:
            assert client.send_photo(visit_id, self.photo_id, photo, "image/jpeg").status_code == 201
        self.visit_ids.append(visit_id)
        return visit_id


def said(*codes: str) -> list[dict[str, Any]]:
    """Answers in short: RE-03b3 is bad with strength three, RE-01f is fine, RE-05g2 is good with strength two."""
    words = {"b": "bad", "f": "fine", "g": "good"}
    return [
        {
            "item": f"P-{code[:5]}",
            "zone": code[:2],
            "answer": words[code[5]],
            **({"trigger": int(code[6])} if code[5] == "b" else {"comfort": int(code[6])} if code[5] == "g" else {}),
        }
        for code in codes
    ]


@pytest.fixture(scope="module")
def walk(product: Product) -> Walk:
    """Three sites: one with enough visits, one with two, one with three by the same volunteer."""
    world = new_world(product, Random(11), [["RE", "WA"], ["RE", "WA"], ["RE", "WA"]])
    walk = Walk(world, new_world(product, Random(12), [["RE"]]), photo_id=str(uuid.uuid4()))
    walk.look("plan")
    world.move("fieldwork")
    walk.send(1, 0, 1, said("RE-03b3", "RE-02b2", "WA-07g3"), pictures.jpeg())
    walk.send(2, 0, 1, said("RE-03b2", "RE-02b2", "RE-01f", "WA-07g2"))
    walk.send(3, 0, 1, said("RE-03f", "RE-02b1", "RE-01f"))
    walk.send(3, 0, 1, said("RE-03f", "RE-02f", "RE-01f"))
    for volunteer in (1, 2):
        walk.send(volunteer, 1, 1, said("RE-03b3", "RE-02b2", "RE-05g3"))
    for _ in range(3):
        walk.send(1, 2, 1, said("RE-03b3", "RE-02b2", "RE-05g3"))
    for stage in STAGES[1:]:
        if stage == "closed":
            world.close()
        elif stage != "fieldwork":
            world.move(stage)
        product.drain()
        walk.look(stage)
    return walk


def test_every_role_at_every_stage(walk: Walk) -> None:
    found = set()
    for one in walk.seen:
        letter = SEES[one.resource][one.role][STAGES.index(one.stage)]
        status = one.answer.status_code
        hidden = status == 404 or (
            one.resource == "recommendations" and status == 200 and not one.answer.json()["items"]
        )
        right = {"y": status == 200, "n": hidden, "?": status in (200, 404)}[letter]
        if not right:
            found.add(f"{one.stage}: {one.role} gets {status} for {one.resource}, expected {letter}")
    assert not found, "\n".join(sorted(found))


def test_strangers_and_nobody_see_nothing(walk: Walk) -> None:
    assert not walk.odd, "\n".join(walk.odd)


def test_a_visit_is_its_volunteer_s_alone(walk: Walk) -> None:
    assert not walk.own, "\n".join(walk.own)


def test_absent_and_forbidden_are_told_alike(walk: Walk, product: Product) -> None:
    person, nowhere = walk.strangers.people[walk.strangers.volunteers[0]], str(uuid.uuid4())
    found = []
    for resource, path in walk.paths(0).items():
        forbidden, absent = person.get(path), person.get(path.replace(walk.world.exercise, nowhere))
        if forbidden.content != absent.content or forbidden.status_code != absent.status_code:
            found.append(f"{resource}: {forbidden.text} / {absent.text}")
        if _stable(forbidden) != _stable(absent):
            found.append(f"{resource}: headers differ: {_stable(forbidden) ^ _stable(absent)}")
    mine, other = f"/api/intake/v1/visits/{walk.visit_ids[0]}", f"/api/intake/v1/visits/{nowhere}"
    for end in ("", "/receipt", f"/photos/{walk.photo_id}?size=display"):
        if person.get(mine + end).content != person.get(other + end).content:
            found.append(f"visit{end}")
    staff = next(s.answer for s in walk.seen if (s.stage, s.role, s.resource) == ("fieldwork", "staff", "wave"))
    if staff.content != person.get(walk.paths(0)["wave"]).content:
        found.append("under embargo and not yours read differently")
    assert not found, "\n".join(found)


def _stable(answer: requests.Response) -> set[tuple[str, str]]:
    return {(k, v) for k, v in answer.headers.items() if k.lower() not in ("date", "x-request-id", "content-length")}


def test_partners_never_read_who_when_or_unshared_words(walk: Walk) -> None:
    world, day = walk.world, walk.world.day(1)
    secrets = [
        *world.volunteers,
        "Volunteer number",
        *walk.visit_ids,
        walk.photo_id,
        day,
        PRIVATE[:12],
        UNRELEASED[:13],
    ]
    secrets += ["sleeps on a friend", "The sofa is free", "Anything about family"]
    answers = [(f"{s.stage} {s.role} {s.resource}", s.answer.text) for s in walk.seen if s.role in PARTNER_ROLES]
    for role in PARTNER_ROLES:
        person = world.role(role)
        for page in ("/", f"/exercises/{world.exercise}", "/recommendations", f"/reports/{world.exercise}", "/changes"):
            answers.append((f"page {role} {page[:12]}", person.get(page).text))
        for number, site in enumerate(world.sites, 1):
            answers.append((f"page {role} site {number}", person.get(f"/findings/{world.exercise}/{site}").text))
    for one in walk.seen:
        if one.role in PARTNER_ROLES and one.resource == "documents" and one.answer.status_code == 200:
            for document in one.answer.json()["items"]:
                for made in document["formats"]:
                    got = world.role(one.role).get(made["href"])
                    answers.append((f"{one.stage} {one.role} {document['kind']} {made['media_type']}", told(got)))
    found = {f"{where}: {secret!r}" for where, text in answers for secret in secrets if secret in text}
    assert not found, "\n".join(sorted(found))


def test_volunteers_never_read_of_one_another(walk: Walk) -> None:
    others = [one for number, one in enumerate(walk.world.volunteers) if number != 1]
    secrets = [*others, "Volunteer number 3", "Volunteer number 1", PRIVATE[:12], UNRELEASED[:13]]
    mine = [s for s in walk.seen if s.role == "volunteer"]
    found = {f"{s.stage} {s.resource}: {secret!r}" for s in mine for secret in secrets if secret in s.answer.text}
    assert not found, "\n".join(sorted(found))


def test_leads_read_answers_without_names_beside_them(walk: Walk) -> None:
    secrets = [*walk.world.volunteers, "Volunteer number"]
    found = {
        f"{s.stage} {s.role} {s.resource}: {secret!r}"
        for s in walk.seen
        if s.role in ("lead", "data-keeper") and s.resource != "exercise"
        for secret in secrets
        if secret in s.answer.text
    }
    assert not found, "\n".join(sorted(found))


def partner_views(walk: Walk, resource: str, sites: tuple[int, ...]) -> list[Seen]:
    """What partners got of some sites."""
    return [
        s
        for s in walk.seen
        if s.role in PARTNER_ROLES and s.resource == resource and s.site in sites and s.answer.status_code == 200
    ]


def test_below_three_visits_by_two_volunteers_partners_get_no_number(walk: Walk) -> None:
    found = set()
    views = [s for r in ("wave", "explanation", "comparison") for s in partner_views(walk, r, (1, 2))]
    assert views
    for one in views:
        found |= {f"{one.stage} {one.role} {one.resource}{path}" for path in figures(one.answer.json())}
    assert not found, "\n".join(sorted(found)[:60])


def test_below_the_rule_a_red_flag_is_still_told_and_nothing_else(walk: Walk) -> None:
    found = []
    for one in partner_views(walk, "wave", (1, 2)):
        zones = {zone["zone"]: zone for zone in one.answer.json()["zones"]}
        if zones["RE"]["red"] != ["P-RE-03"]:
            found.append(f"{one.stage} {one.role}: red {zones['RE']['red']}")
        found += [
            f"{one.stage} {one.role}: {name} {zone[name]}"
            for zone in zones.values()
            for name in ("amber", "strength", "band", "band_by_points")
            if zone.get(name)
        ]
    for one in partner_views(walk, "findings", (1, 2)):
        for finding in one.answer.json()["items"]:
            if finding["kind"] != "red":
                found.append(f"{one.stage} {one.role}: a {finding['kind']} finding")
            found += [f"{one.stage} {one.role}: finding{path}" for path in figures(finding)]
            if finding["quotes"] or re.search(r"\d+ of \d+", finding["in_words"] or ""):
                found.append(f"{one.stage} {one.role}: {finding['in_words']!r} {finding['quotes']}")
    assert not found, "\n".join(sorted(set(found)))


def test_inside_a_full_wave_a_lonely_zone_and_item_stay_without_numbers(walk: Walk) -> None:
    found, numbers = set(), 0
    for one in partner_views(walk, "wave", (0,)):
        result = one.answer.json()
        for zone in result["zones"]:
            if zone["zone"] == LONELY_ZONE:
                found |= {f"{one.stage} {one.role} {LONELY_ZONE}{path}" for path in figures(zone)}
            else:
                numbers += zone["trigger"]["points"]
        for item in result["items"]:
            if item["item"] not in ("P-RE-01", "P-RE-02", "P-RE-03"):
                found |= {f"{one.stage} {one.role} {item['item']}{path}" for path in figures(item)}
    assert numbers, "with four visits by three volunteers the partner sees numbers"
    assert not found, "\n".join(sorted(found)[:60])


def test_changes_are_a_volunteer_s_own(walk: Walk, product: Product) -> None:
    mine = walk.world.people[walk.world.volunteers[1]].get("/api/reporting/v1/me/changes")
    assert mine.status_code == 200
    assert {one["item"] for one in mine.json()["items"]} >= {"P-RE-03"}
    stranger = walk.strangers.people[walk.strangers.volunteers[0]].get("/api/reporting/v1/me/changes")
    assert stranger.json()["items"] == []
    assert product.client(None).get("/api/reporting/v1/me/changes").status_code == 401
    for role in PARTNER_ROLES:
        answer = walk.world.role(role).get("/api/reporting/v1/me/changes")
        assert answer.status_code in (200, 403, 404)
        assert answer.status_code != 200 or answer.json()["items"] == []
