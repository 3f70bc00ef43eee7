"""Photos straight from the object store: by a short link, only after the rule has said yes, and only when so set."""

from __future__ import annotations

import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.servers.seaweed import Seaweed
from services.assessment.web.photo import SIZES
from shared.web.app import PICTURES
from tests.service.assessment.house import House
from tests.service.assessment.test_pages import PHOTO, PLACE, four_visits, release_photo
from tests.unit.assessment.sent import EXERCISE, SITE

pytestmark = pytest.mark.slow
API = f"/api/assessment/v1/exercises/{EXERCISE}/sites/{SITE}/photos/{PHOTO}"


@pytest.fixture
def objects(seaweed: Seaweed) -> str:
    return seaweed.make_bucket(f"b-{uuid.uuid4().hex}")


@pytest.fixture
def house(tmp_path: Path, seaweed: Seaweed, objects: str) -> Iterator[House]:
    opened = House(tmp_path, objects=f"{objects}&public={seaweed.endpoint}")
    opened.plan()
    four_visits(opened)
    release_photo(opened)
    yield opened
    opened.close()


@pytest.mark.parametrize("path", [f"{PLACE}/photos/{PHOTO}", API])
@pytest.mark.parametrize("size", SIZES)
def test_who_may_see_it_is_sent_to_the_store(house: House, path: str, size: str) -> None:
    answer = house.app.test_client().get(f"{path}?size={size}", headers=house.bearer("lead"))
    assert (answer.status_code, answer.headers["Cache-Control"], answer.data) == (303, "no-store", b"")
    with urllib.request.urlopen(answer.headers["Location"]) as picture:
        assert picture.read() == b"a picture"


@pytest.mark.parametrize("path", [f"{PLACE}/photos/{PHOTO}", API])
def test_who_may_not_is_given_no_link(house: House, path: str) -> None:
    answer = house.app.test_client().get(path, headers=house.bearer("manager"))
    assert answer.status_code == 404
    assert "Location" not in answer.headers
    stranger = house.app.test_client().get(path)
    assert "Amz-Signature" not in stranger.headers.get("Location", "")


def test_pages_allow_pictures_from_there_and_from_nowhere_else(house: House, seaweed: Seaweed) -> None:
    policy = house.app.test_client().get(PLACE, headers=house.bearer("lead")).headers["Content-Security-Policy"]
    assert f"{PICTURES} {seaweed.endpoint};" in policy


def test_without_a_public_address_it_comes_through_us(tmp_path: Path, objects: str) -> None:
    house = House(tmp_path, objects=objects)
    house.plan()
    four_visits(house)
    release_photo(house)
    answer = house.app.test_client().get(API, headers=house.bearer("lead"))
    assert (answer.status_code, answer.data) == (200, b"a picture")
    assert f"{PICTURES};" in answer.headers["Content-Security-Policy"]
    house.close()
