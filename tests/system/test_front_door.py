"""What stands in front of the three services in `docker-compose.yml`, tried with nginx itself."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.servers.waiting import until
from services.embedded.web import PATHS, service_of
from tests.system.front_door import FrontDoor

pytestmark = pytest.mark.slow
PHOTO = 15_000_000


@pytest.fixture
def door(tmp_path: Path) -> Iterator[FrontDoor]:
    with FrontDoor(tmp_path) as door:
        yield door


def test_each_path_comes_to_its_service_with_what_the_service_needs_to_know(door: FrontDoor) -> None:
    paths = [path + rest for paths in PATHS.values() for path in paths for rest in ("", "/x", "/x?y=z")]
    for path in [
        *paths,
        "/",
        "/visits/x",
        "/exercises",
        "/api/intake/v1/me",
        "/findingsx",
        "/reports-of-old",
        "/static/x",
    ]:
        name, asked, _, host, request_id = door.ask(path).text.split(" ")
        assert (name, asked) == (service_of(path.partition("?")[0]), path)
        assert host == f"127.0.0.1:{door.port}"
        assert uuid.UUID(request_id)


def test_figures_are_not_read_through_the_front_door(door: FrontDoor) -> None:
    for path in ("/metrics", "/api/assessment/metrics", "/api/reporting/metrics", "/api/intake/metrics?x=y"):
        assert door.ask(path).status_code == 404, path


def test_the_largest_photo_passes_and_nothing_much_larger(door: FrontDoor) -> None:
    path = "/api/intake/v1/visits/x/photos/y"
    assert door.ask(path, "PUT", b"x" * PHOTO).text.split(" ")[2] == str(PHOTO)
    assert door.status_before_the_body(path, PHOTO + 6_000_000).startswith("HTTP/1.1 413")


def test_a_container_that_was_made_anew_is_found_without_telling_nginx(door: FrontDoor) -> None:
    assert door.ask("/").text.startswith("intake ")
    door.stand_in("intake-web", "intake-made-anew")
    door.take_away("intake")
    until(lambda: door.ask("/").text.startswith("intake-made-anew "), 30, "the new address")
    for _ in range(20):
        assert door.ask("/").text.startswith("intake-made-anew ")


def test_nothing_about_a_person_is_kept(door: FrontDoor) -> None:
    door.ask(f"/visits/{uuid.uuid4()}?token=secret")
    until(lambda: (door.folder / "access.log").read_text().count("\n") > 1, 10, "a line of the log")
    for line in (door.folder / "access.log").read_text().splitlines():
        moment, method, status, seconds = line.split(" ")
        assert (moment[4], method, status.isdigit()) == ("-", "GET", True)
        assert float(seconds) < 60
