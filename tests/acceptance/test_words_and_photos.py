"""What a partner reads and sees of a volunteer's words and photos: only what its author allowed, only the copy that a
second person let out, only as long as the author leaves it, and never when it could tell who it was.
"""

import hashlib
import re
import uuid
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO
from random import Random
from typing import Any

import pytest
import requests
from PIL import Image

from tests.acceptance import pictures, visits
from tests.acceptance.plans import World, new_world
from tests.acceptance.product import Product
from tests.acceptance.who_sees_what import PARTNER_ROLES
from tests.told_in_files import told

pytestmark = pytest.mark.slow
FORM = re.compile(r'<form method="post" action="(/words-and-photos/[^"]+)">(.*?)</form>', re.DOTALL)
TEXT = re.compile(r"<textarea[^>]*>(.*?)</textarea>", re.DOTALL)
ENOUGH_TURNS = 40


@dataclass
class Told:
    """One visit with words and a photo."""

    who: str
    visit_id: str
    photo_id: str
    body: dict[str, Any]
    name: str


@dataclass
class Sharing:
    """An exercise whose words and photos were looked at by its data keeper."""

    world: World
    visits: dict[str, Told] = field(default_factory=dict)

    def send(self, name: str, volunteer: int, site: int, **consents: bool) -> None:
        """A visit named by what is special about it."""
        world, photo_id, visit_id = self.world, str(uuid.uuid4()), str(uuid.uuid4())
        picture = pictures.jpeg() + uuid.uuid4().bytes
        answer = {
            "item": "P-RE-03",
            "zone": "RE",
            "answer": "bad",
            "trigger": 3,
            "words": f"ORIGINAL {name} said <b>so</b>.",
        }
        body = visits.plain_environment(world.exercise, world.sites[site], 1, world.day(1), [answer])
        mark = {
            "@context": "http://www.w3.org/ns/anno.jsonld",
            "type": "Annotation",
            "body": {
                "type": "TextualBody",
                "purpose": "tagging",
                "value": "trigger",
                "item": "P-RE-03",
                "strength": 3,
                "words": f"MARK {name}",
            },
            "target": {"selector": {"type": "FragmentSelector", "value": "xywh=percent:10,20,30,40"}},
        }
        digest = hashlib.sha256(picture).hexdigest()
        photo = {"photo_id": photo_id, "sha256": digest, "media_type": "image/jpeg", "bytes": len(picture)}
        body |= {"consents": consents, "photos": [{**photo, "zone": "RE", "annotations": [mark]}]}
        who = world.volunteers[volunteer]
        sent = world.people[who].send_visit(visit_id, body)
        assert sent.status_code == 201, sent.text
        assert world.people[who].send_photo(visit_id, photo_id, picture, "image/jpeg").status_code == 201
        self.visits[name] = Told(who, visit_id, photo_id, body, name)

    def look_through(self) -> list[str]:
        """The data keeper shares everything, in a copy with other words, but holds back what is called held."""
        keeper, asked = self.world.role("data-keeper"), []
        for show in ("words", "photos"):
            for _ in range(ENOUGH_TURNS):
                page = keeper.get(f"/words-and-photos?show={show}").text
                form = FORM.search(page)
                if form is None or f"/{show}/" not in form[1]:
                    break
                text = TEXT.search(form[2])
                original = unescape(text[1]).strip() if text else ""
                token = re.search(r'name="csrf_token" value="([^"]+)"', form[2])
                asked.append(original or form[1])
                hold = "held" in original or any(
                    t.photo_id in form[1] for t in self.visits.values() if t.name == "held"
                )
                fields = {"act": "hold-back" if hold else "share", "csrf_token": token[1] if token else ""}
                if original:
                    fields["text"] = original.replace("ORIGINAL", "SHARED")
                answer = keeper.call("POST", form[1], data=fields)
                assert answer.status_code in (200, 302, 303), (form[1], answer.status_code, answer.text[:300])
        return asked

    def finding(self, role: str, site: int) -> dict[str, Any]:
        """The red finding of a site, as one role gets it."""
        base = f"/api/assessment/v1/exercises/{self.world.exercise}/sites/{self.world.sites[site]}/findings"
        answer = self.world.role(role).get(base)
        assert answer.status_code == 200, (role, answer.text)
        (finding,) = [one for one in answer.json()["items"] if one["kind"] == "red"]
        return dict(finding)

    def quoted(self, role: str, site: int = 0) -> set[str]:
        """The names of the visits whose words are quoted."""
        return {name for name in self.visits for quote in self.finding(role, site)["quotes"] if f" {name} " in quote}

    def shown(self, role: str, site: int = 0) -> set[str]:
        """The names of the visits whose photo is shown."""
        ids = {photo["id"] for photo in self.finding(role, site)["photos"]}
        return {name for name, told in self.visits.items() if told.photo_id in ids}


@pytest.fixture(scope="module")
def sharing(product: Product) -> Sharing:
    """Four visits to one site with all kinds of consent, two to another with every consent there is."""
    made = Sharing(new_world(product, Random(51), [["RE"], ["RE"]]))
    made.world.move("fieldwork")
    made.send("yes", 0, 0, use_words=True, use_photos=True, quote=True)
    made.send("later", 1, 0, use_words=True, use_photos=True, quote=True)
    made.send("no", 1, 0)
    made.send("unquoted", 2, 0, use_words=True)
    made.send("held", 3, 0, use_words=True, use_photos=True, quote=True)
    made.send("lonely", 0, 1, use_words=True, use_photos=True, quote=True)
    made.send("lonelier", 1, 1, use_words=True, use_photos=True, quote=True)
    made.world.move("sense-making")
    product.drain()
    return made


def everything_told(sharing: Sharing, roles: tuple[str, ...]) -> str:
    """All that these roles can read of words: results, findings, pages and documents. No page shows words as markup."""
    world, parts = sharing.world, list[requests.Response]()
    for role in roles:
        person = world.role(role)
        for site in world.sites:
            base = f"/api/assessment/v1/exercises/{world.exercise}/sites/{site}"
            for path in (f"{base}/waves/1", f"{base}/findings", f"/findings/{world.exercise}/{site}"):
                parts.append(person.get(path))
        documents = person.get(f"/api/reporting/v1/exercises/{world.exercise}/documents")
        for document in documents.json().get("items", []) if documents.status_code == 200 else []:
            parts += [person.get(made["href"]) for made in document["formats"]]
        parts.append(person.get(f"/reports/{world.exercise}"))
    pages = [part.text for part in parts if part.headers["Content-Type"].startswith("text/html")]
    assert not any("<b>so</b>" in page for page in pages)
    return "\n".join(told(part) for part in parts)


def test_1_before_a_second_person_has_looked_nobody_reads_or_sees_anything(sharing: Sharing) -> None:
    told = everything_told(sharing, ("volunteer", "lead"))
    assert "SHARED" not in told
    assert not re.search(r"ORIGINAL|MARK", told)
    assert not sharing.shown("volunteer")


def test_2_the_data_keeper_is_asked_only_about_what_may_be_shared(sharing: Sharing, product: Product) -> None:
    asked = "\n".join(sharing.look_through())
    product.drain()
    assert "ORIGINAL yes " in asked
    assert "ORIGINAL held " in asked
    for name in ("no", "unquoted"):
        assert f"ORIGINAL {name} " not in asked
        assert sharing.visits[name].photo_id not in asked


def test_3_partners_get_the_shared_copies_and_no_others(sharing: Sharing, product: Product) -> None:
    sharing.world.move("manager-review")
    product.drain()
    for role in ("sponsor", "manager"):
        assert sharing.quoted(role) == {"yes", "later"}
        assert sharing.shown(role) == {"yes", "later"}
        assert (sharing.finding(role, 1)["quotes"], sharing.finding(role, 1)["photos"]) == ([], [])
    told = everything_told(sharing, ("sponsor", "manager"))
    assert "ORIGINAL" not in told
    for name in ("no", "unquoted", "held", "lonely", "lonelier"):
        assert f"SHARED {name} " not in told, name
        assert f"MARK {name}" not in told, name


def photo_addresses(sharing: Sharing, name: str, site: int = 0) -> list[str]:
    """Where a photo could be had."""
    world, photo = sharing.world, sharing.visits[name].photo_id
    base = f"/api/assessment/v1/exercises/{world.exercise}/sites/{world.sites[site]}/photos/{photo}"
    return [base, f"{base}?size=display", f"{base}?size=thumbnail"]


def test_4_a_photo_is_a_clean_copy_and_hidden_ones_are_nowhere(sharing: Sharing) -> None:
    world, manager = sharing.world, sharing.world.role("manager")
    (href,) = [p["href"] for p in sharing.finding("manager", 0)["photos"] if p["id"] == sharing.visits["yes"].photo_id]
    got = manager.get(href)
    assert got.status_code == 200
    assert not any(secret in got.content for secret in pictures.SECRETS)
    with Image.open(BytesIO(got.content)) as picture:
        assert pictures.corners(picture) == ["red", "green", "blue", "white"]
    for name, site in (("no", 0), ("unquoted", 0), ("held", 0), ("lonely", 1)):
        hidden = href.replace(sharing.visits["yes"].photo_id, sharing.visits[name].photo_id)
        for path in (hidden.replace(world.sites[0], world.sites[site]), *photo_addresses(sharing, name, site)):
            assert manager.get(path).status_code == 404, (name, path)
    assert world.role("staff").get(href).status_code == 404, "staff before it is shared with them"
    assert world.product.client(None).get(href).status_code == 401


def test_5_words_and_photos_go_when_their_author_takes_them_back(sharing: Sharing, product: Product) -> None:
    world = sharing.world
    later = sharing.visits["later"]
    corrected = {**later.body, "consents": {"use_words": True}}
    amended = world.people[later.who].amend(later.visit_id, corrected)
    assert amended.status_code in (200, 201), amended.text
    product.drain()
    for role in ("sponsor", "manager", "volunteer", "lead"):
        assert (sharing.quoted(role), sharing.shown(role)) == ({"yes"}, {"yes"}), role
    sharing.world.move("shared")
    product.drain()
    for role in PARTNER_ROLES:
        assert (sharing.quoted(role), sharing.shown(role)) == ({"yes"}, {"yes"}), role
    (href,) = [photo["href"] for photo in sharing.finding("manager", 0)["photos"]]
    assert world.role("manager").get(href).status_code == 200
    yes = sharing.visits["yes"]
    assert world.people[yes.who].withdraw(yes.visit_id).status_code == 200
    product.drain()
    for role in (*PARTNER_ROLES, "volunteer", "lead"):
        assert (sharing.quoted(role), sharing.shown(role)) == (set(), set()), role
        assert world.role(role).get(href).status_code == 404, role
