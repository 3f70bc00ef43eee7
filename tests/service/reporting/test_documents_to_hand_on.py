"""Files to print, to send and to talk over: named and announced for browsers, and one that fails stops no other."""

from __future__ import annotations

import io
import sys
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from tests.service.reporting.test_documents import PATH, formats
from tests.service.reporting.world import EXERCISE, World

PAGE = f"/reports/{EXERCISE}/documents"
PDF = "application/pdf"
OFFICE = "application/vnd.openxmlformats-officedocument"


def endings(world: World, who: str, kind: str = "findings-pack") -> dict[str, str]:
    """The addresses of the files of the only version there is, by ending."""
    assert {version for version, _ in formats(world, who, kind)} == {1}
    return {each["href"].rpartition(".")[2]: each["href"] for _, each in formats(world, who, kind)}


def asked_again(world: World) -> str:
    """What a lead is told who presses “Make the pack” and waits."""
    asked = world.call("lead", "POST", PATH)
    world.make_documents()
    told: str = world.call("lead", "GET", asked.headers["Location"]).get_json()["told"]
    return told


@pytest.mark.parametrize(
    ("kind", "ending", "media_type", "disposition"),
    [
        ("findings-pack", "pdf", PDF, 'inline; filename="what-volunteers-found-version-1.pdf"'),
        (
            "findings-pack",
            "pptx",
            f"{OFFICE}.presentationml.presentation",
            'attachment; filename="what-volunteers-found-version-1.pptx"',
        ),
        (
            "recommendations",
            "xlsx",
            f"{OFFICE}.spreadsheetml.sheet",
            'attachment; filename="recommendations-version-1.xlsx"',
        ),
        ("recommendations", "html", "text/html; charset=utf-8", None),
    ],
)
def test_browsers_are_told_what_each_file_is(
    world: World, kind: str, ending: str, media_type: str, disposition: str | None
) -> None:
    world.shared()
    world.make_documents()
    listed = next(each for _, each in formats(world, "manager", kind) if each["href"].endswith(ending))
    got = world.call("manager", "GET", listed["href"])
    assert got.headers["Content-Type"] == media_type
    assert got.headers.get("Content-Disposition") == disposition
    policy = got.headers["Content-Security-Policy"].split("; ")
    assert policy[0] == "default-src 'none'"
    assert "frame-ancestors 'none'" in policy
    assert ("sandbox" in policy) == (ending != "pdf")  # in which Safari shows nothing
    assert got.headers["ETag"] == f'"{listed["sha256"]}"'
    other = listed["href"].replace(kind, {"findings-pack": "recommendations"}.get(kind, "findings-pack"))
    assert world.call("manager", "GET", other).status_code == (404 if ending in ("pptx", "xlsx") else 200)


def test_the_page_says_what_each_file_is_and_how_large(world: World) -> None:
    world.shared()
    world.make_documents()
    page = world.browser("manager").get(PAGE).text
    places = [
        page.index(words)
        for words in ("To read (web page, ", "To print or send (PDF, ", "Slides to talk over (PowerPoint, ")
    ]
    assert places == sorted(places)
    assert "Table to sort and filter (Excel, " in page
    assert "\u00a0KB)<" in page


def test_a_format_that_fails_stops_no_other_and_comes_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> bytes:
        raise RuntimeError("Ann's words, which no log may quote")

    world.shared()
    with monkeypatch.context() as breaking:
        breaking.setattr("services.reporting.documents.making.as_pptx", broken)
        world.make_documents()
        assert set(endings(world, "manager")) == {"html", "pdf", "json"}
        assert set(endings(world, "manager", "recommendations")) == {"html", "pdf", "xlsx", "json"}
        told = asked_again(world)
        assert "could not be made: PowerPoint." in told
        assert "Ann" not in told
        assert "files are not there yet: PowerPoint." in world.browser("lead").get(PAGE).text
        assert "not there yet" not in world.browser("manager").get(PAGE).text
    before = {ending: world.call("lead", "GET", href).data for ending, href in endings(world, "lead").items()}
    assert asked_again(world) == "Nothing new is said. Files that were missing are there now."
    after = {ending: world.call("manager", "GET", href).data for ending, href in endings(world, "manager").items()}
    assert set(after) - set(before) == {"pptx"}
    assert before.items() <= after.items()
    assert "not there yet" not in world.browser("lead").get(PAGE).text
    assert asked_again(world).startswith("Nothing new: ")


def test_what_is_added_later_is_as_shut_as_its_version(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is added to a version from under embargo opens no more than the version."""
    with monkeypatch.context() as missing:
        missing.setitem(sys.modules, "weasyprint", None)
        assert "could not be made: PDF." in asked_again(world)
    assert set(endings(world, "lead")) == {"html", "pptx", "json"}
    assert asked_again(world).startswith("Nothing new is said.")
    address = endings(world, "lead")["pdf"]
    world.to_stage("manager-review")
    assert world.call("manager", "GET", address).status_code == 404
    world.make_documents()
    assert world.call("manager", "GET", address).status_code == 404
    assert {version for version, _ in formats(world, "manager", "findings-pack")} == {2}


def test_what_is_added_names_the_day_of_its_version(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.shared()
    with monkeypatch.context() as missing:
        missing.setitem(sys.modules, "openpyxl", None)
        world.make_documents()
    assert "xlsx" not in endings(world, "lead", "recommendations")
    listed = world.call("lead", "GET", PATH).get_json()["items"]
    world.clock.move(timedelta(days=40))
    asked_again(world)
    added = world.call("lead", "GET", endings(world, "lead", "recommendations")["xlsx"]).data
    assert load_workbook(io.BytesIO(added)).properties.created.date() == world.clock.now().date() - timedelta(days=40)
    assert [one["made_at"] for one in world.call("lead", "GET", PATH).get_json()["items"]] == [
        one["made_at"] for one in listed
    ]
