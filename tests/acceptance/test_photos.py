"""A photo arrives whole or is refused by name; what is shown of it is a new picture with nothing in it but the picture,
and the one that came is shown to nobody.
"""

import hashlib
import uuid
from dataclasses import dataclass
from io import BytesIO
from random import Random
from typing import Any

import pytest
import requests
from PIL import Image

from tests.acceptance import pictures, visits
from tests.acceptance.plans import World, new_world
from tests.acceptance.product import Client, Product

pytestmark = pytest.mark.slow
MEGABYTES_16 = 16_000_000


@pytest.fixture(scope="module")
def world(product: Product) -> World:
    """Two sites in their field work."""
    made = new_world(product, Random(5), [["RE"], ["RE"]])
    made.move("fieldwork")
    return made


@dataclass
class Roll:
    """One visit and its photos."""

    client: Client
    visit_id: str
    body: dict[str, Any]
    photos: dict[str, bytes]

    @property
    def path(self) -> str:
        """Where the visit lies."""
        return f"/api/intake/v1/visits/{self.visit_id}"

    def send(self, photo_id: str, data: bytes | None = None, media_type: str | None = None) -> requests.Response:
        """Hand in the bytes of a photo, or others in their place."""
        listed = next(one["media_type"] for one in self.body["photos"] if one["photo_id"] == photo_id)
        content = self.photos[photo_id] if data is None else data
        return self.client.send_photo(self.visit_id, photo_id, content, media_type or listed)

    def states(self) -> dict[str, str]:
        """Photo id -> state, by the receipt."""
        return {one["photo_id"]: one["state"] for one in self.receipt()["photos"]}

    def receipt(self) -> Any:
        """The receipt."""
        answer = self.client.get(f"{self.path}/receipt")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def shown(self, photo_id: str, size: str) -> requests.Response:
        """The cleaned copy."""
        return self.client.get(f"{self.path}/photos/{photo_id}?size={size}")


def a_visit(world: World, photos: list[tuple[bytes, str]], site: int = 0) -> Roll:
    """Hand in a visit that lists these photos."""
    answers = visits.everything_fine("RE")
    body = visits.plain_environment(world.exercise, world.sites[site], 1, world.day(1), answers)
    content = {str(uuid.uuid4()): (data, kind) for data, kind in photos}
    body["photos"] = [
        {
            "photo_id": photo_id,
            "sha256": hashlib.sha256(data).hexdigest(),
            "media_type": kind,
            "bytes": len(data),
            "zone": "RE",
            "annotations": [],
        }
        for photo_id, (data, kind) in content.items()
    ]
    client, visit_id = world.people[world.volunteers[0]], str(uuid.uuid4())
    answer = client.send_visit(visit_id, body)
    assert answer.status_code == 201, answer.text
    return Roll(client, visit_id, body, {photo_id: data for photo_id, (data, _) in content.items()})


def test_what_is_shown_has_nothing_in_it_but_the_picture(world: World, product: Product) -> None:
    kinds = [
        (pictures.jpeg(), "image/jpeg"),
        (pictures.jpeg(orientation=6), "image/jpeg"),
        (pictures.png(), "image/png"),
        (pictures.webp(), "image/webp"),
        (pictures.heic(), "image/heic"),
        (pictures.odd("CMYK", "JPEG"), "image/jpeg"),
        (pictures.odd("L", "JPEG"), "image/jpeg"),
        (pictures.odd("P", "PNG"), "image/png"),
        (pictures.odd("1", "PNG"), "image/png"),
        (pictures.odd("I;16", "PNG"), "image/png"),
    ]
    roll = a_visit(world, kinds)
    assert roll.receipt()["state"] == "receiving"
    assert set(roll.states().values()) == {"missing"}
    found = []
    for photo_id in roll.photos:
        first, again = roll.send(photo_id), roll.send(photo_id)
        if (first.status_code, again.status_code) != (201, 200):
            found.append(f"sent and sent again: {first.status_code}, {again.status_code} {first.text}")
        early = roll.shown(photo_id, "display")
        if early.status_code == 409:
            assert early.json()["code"] == "not-cleaned-yet"
        else:
            assert early.status_code == 200
    assert roll.client.send_visit(roll.visit_id, roll.body).status_code == 200
    product.drain()
    assert roll.receipt()["state"] == "processed"
    assert set(roll.states().values()) == {"cleaned"}
    for number, photo_id in enumerate(roll.photos):
        upright = ["blue", "red", "white", "green"] if number == 1 else ["red", "green", "blue", "white"]
        for size in ("display", "thumbnail"):
            found += [f"photo {number}, {size}: {fault}" for fault in faults_of(roll, photo_id, size, upright, number)]
    assert not found, "\n".join(found)


def faults_of(roll: Roll, photo_id: str, size: str, upright: list[str], number: int) -> list[str]:
    """Everything wrong with one shown copy."""
    answer = roll.shown(photo_id, size)
    if answer.status_code != 200:
        return [f"{answer.status_code} {answer.text}"]
    faults = []
    if not answer.headers["Content-Type"].startswith("image/"):
        faults.append(f"content type {answer.headers['Content-Type']}")
    if answer.headers.get("X-Content-Type-Options") != "nosniff":
        faults.append("no nosniff")
    faults += [f"{secret!r} is still in it" for secret in pictures.SECRETS if secret in answer.content]
    with Image.open(BytesIO(answer.content)) as shown:
        shown.load()
        left = {"exif", "icc_profile", "xmp", "comment", "Comment", "Place", "XML:com.adobe.xmp"} & set(shown.info)
        if left or len(shown.getexif()):
            faults.append(f"metadata {left} {dict(shown.getexif())}")
        width, height = shown.size
        if number == 1 and width > height:
            faults.append(f"lies on its side: {shown.size}")
        if number < 5 and pictures.corners(shown) != upright:
            faults.append(f"corners {pictures.corners(shown)}, expected {upright}")
        if size == "thumbnail" and max(shown.size) >= 640:
            faults.append(f"a thumbnail of {shown.size}")
    return faults


REFUSED = [
    ("cut off", pictures.jpeg()[:3000], "image/jpeg", (422,), "not-an-image"),
    ("only the first bytes", pictures.jpeg()[:12], "image/jpeg", (422,), "not-an-image"),
    ("a PNG cut off", pictures.png()[:-60], "image/png", (422,), "not-an-image"),
    ("words", b"this is not a picture", "image/jpeg", (422,), "not-an-image"),
    ("a web page", pictures.HTML, "image/jpeg", (422,), "not-an-image"),
    ("an SVG called JPEG", pictures.SVG, "image/jpeg", (422,), "not-an-image"),
    ("an SVG", pictures.SVG, "image/svg+xml", (415, 422), None),
    ("a GIF", pictures.other("GIF"), "image/gif", (415, 422), None),
    ("a TIFF called JPEG", pictures.other("TIFF"), "image/jpeg", (422,), "not-an-image"),
    ("an EPS called JPEG", pictures.other("EPS"), "image/jpeg", (422,), "not-an-image"),
    ("a bomb", pictures.bomb(), "image/png", (422,), "too-many-pixels"),
]


def test_what_is_no_photo_is_refused_and_stops_nothing_else(world: World, product: Product) -> None:
    good = pictures.jpeg()
    listed = [(data, kind) for _, data, kind, _, _ in REFUSED]
    roll = a_visit(world, [*listed, (good, "image/jpeg")], site=1)
    found = []
    for (name, _, _, statuses, code), photo_id in zip(REFUSED, roll.photos, strict=False):
        answer = roll.send(photo_id)
        if answer.status_code not in statuses:
            found.append(f"{name}: {answer.status_code} {answer.text}")
        elif answer.status_code == 201:
            continue
        elif code and answer.json()["code"] != code:
            found.append(f"{name}: code {answer.json()['code']}, expected {code}")
        elif not answer.json()["detail"]:
            found.append(f"{name}: no sentence")
        if roll.shown(photo_id, "display").status_code == 200:
            found.append(f"{name}: is shown")
    last = list(roll.photos)[-1]
    assert roll.send(last).status_code == 201
    product.drain()
    said = roll.states()
    states = [said[photo_id] for photo_id in roll.photos]
    found += [f"{REFUSED[n][0]}: receipt says {state}" for n, state in enumerate(states[:-1]) if state != "refused"]
    if states[-1] != "cleaned":
        found.append(f"the good one: {states[-1]}")
    if roll.receipt()["state"] != "processed":
        found.append(f"receipt: {roll.receipt()['state']}, though nothing is missing any more")
    if not all(one["why"] for one in roll.receipt()["photos"] if one["state"] == "refused"):
        found.append("refused without a why in the receipt")
    result = world.role("lead").get(world.wave_path(world.sites[1], 1)).json()
    if result["visits"] != 1:
        found.append(f"the visit is not counted: {result['visits']} visits")
    assert not found, "\n".join(found)


def test_other_bytes_other_ids_and_other_people(world: World) -> None:
    data = pictures.jpeg()
    roll = a_visit(world, [(data, "image/jpeg")])
    (photo_id,) = roll.photos
    wrong = roll.send(photo_id, pictures.jpeg(orientation=3))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "hash-differs")
    nothing = roll.send(photo_id, b"")
    assert nothing.status_code == 422, nothing.text
    heavy = roll.send(photo_id, b"\xff\xd8\xff" + bytes(MEGABYTES_16))
    assert heavy.status_code in (413, 422), heavy.text
    assert roll.states() == {photo_id: "missing"}, "a wrong try must leave the photo free to be sent"
    assert roll.client.send_photo(roll.visit_id, str(uuid.uuid4()), data, "image/jpeg").status_code == 404
    assert roll.client.send_photo(str(uuid.uuid4()), photo_id, data, "image/jpeg").status_code == 404
    assert roll.client.send_photo(roll.visit_id, "../../x", data, "image/jpeg").status_code in (404, 422)
    others = [world.people[world.volunteers[1]], *(world.role(r) for r in ("lead", "data-keeper", "sponsor", "staff"))]
    for person in others:
        assert person.send_photo(roll.visit_id, photo_id, data, "image/jpeg").status_code == 404
    assert roll.send(photo_id).status_code == 201
    for person in others:
        for path in (f"{roll.path}/photos/{photo_id}?size=display", f"{roll.path}/receipt", roll.path):
            assert person.get(path).status_code == 404, path


def test_a_visit_counts_when_its_last_photo_is_safe(product: Product) -> None:
    world = new_world(product, Random(6), [["RE"]])
    world.move("fieldwork")
    roll = a_visit(world, [(pictures.jpeg(), "image/jpeg"), (pictures.png(), "image/png")])
    first, second = roll.photos

    def counted() -> int:
        product.drain()
        return int(world.role("lead").get(world.wave_path(world.sites[0], 1)).json()["visits"])

    assert roll.send(first).status_code == 201
    assert counted() == 0
    assert roll.receipt()["state"] == "receiving"
    assert roll.send(second).status_code == 201
    assert roll.receipt()["state"] in ("safe", "processed")
    assert counted() == 1
    assert roll.receipt()["state"] == "processed"


def test_the_one_that_came_is_reachable_by_nobody(world: World, product: Product) -> None:
    data = pictures.jpeg()[:-25] + uuid.uuid4().hex.encode()
    roll = a_visit(world, [(data, "image/jpeg")])
    (photo_id,) = roll.photos
    assert roll.send(photo_id).status_code == 201
    product.drain()
    digest = hashlib.sha256(data).hexdigest()
    files = [path.relative_to(product.folder) for path in product.folder.rglob("*") if path.is_file()]
    held = [path for path in files if (product.folder / path).read_bytes() == data]
    assert held, "the original as it came is kept apart for seven days; it is nowhere in the data folder"
    guesses = {f"/{prefix}{path}" for path in held for prefix in ("", "data/", "objects/", "static/", "photos/")}
    guesses |= {f"/{prefix}/{digest}" for prefix in ("originals", "objects", "photos", "static", "objects/originals")}
    guesses |= {f"/static/../{path}" for path in held} | {f"/static/intake/%2e%2e/{path}" for path in held}
    guesses |= {f"{roll.path}/photos/{photo_id}?size={size}" for size in ("original", "", "full", "../originals")}
    guesses |= {f"{roll.path}/photos/{photo_id}{end}" for end in ("", "/original", "/originals")}
    for person in (roll.client, world.role("lead"), world.role("data-keeper"), product.client(None)):
        for guess in sorted(guesses):
            answer = person.get(guess)
            assert data not in answer.content, guess
            assert answer.status_code < 500, guess


def test_a_site_without_photos_takes_none(product: Product) -> None:
    world = new_world(product, Random(7), [["RE"]], photos=False)
    world.move("fieldwork")
    body = visits.plain_environment(world.exercise, world.sites[0], 1, world.day(1))
    photo = {"photo_id": str(uuid.uuid4()), "sha256": "a" * 64, "media_type": "image/jpeg", "bytes": 5, "zone": "RE"}
    client = world.people[world.volunteers[0]]
    answer = client.send_visit(str(uuid.uuid4()), {**body, "photos": [{**photo, "annotations": []}]})
    assert (answer.status_code, answer.json()["code"]) == (422, "no-photos-here")
    assert client.send_visit(str(uuid.uuid4()), body).status_code == 201
