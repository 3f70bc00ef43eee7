"""Holds the guides to the pages: what a guide names in italics is a page, a button or a heading that there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ("volunteer", "lead", "manager", "working-group", "staff")
NAMED = re.compile(r"(?<!\*)\*([A-Z][^*]+?)\.?\*(?!\*)")
"""In a guide, `*Get ready*`: italics that begin with a capital name something on a page; all else is bold or plain."""


def as_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.fixture(scope="module")
def pages() -> str:
    """All templates, and the Python that names things on them."""
    files = [path for folder in ("services", "shared") for path in sorted((ROOT / folder).rglob("*"))]
    return " ".join(as_one_line(path.read_text()) for path in files if path.suffix in (".html", ".py"))


@pytest.mark.parametrize("guide", GUIDES)
def test_what_a_guide_names_is_on_the_pages(guide: str, pages: str) -> None:
    named = {as_one_line(name) for name in NAMED.findall((ROOT / "docs" / f"{guide}.md").read_text())}
    assert named
    unknown = {name for name in named if not re.search(f"[\"'“>] ?{re.escape(name)}", pages)}
    assert unknown == set()


def test_every_guide_is_listed_for_newcomers() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [guide for guide in (*GUIDES, "operator") if f"(docs/{guide}.md)" not in readme] == []
