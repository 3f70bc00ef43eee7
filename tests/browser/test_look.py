"""What the built look and the templates promise, checked without a browser: hashes, size, contrast, nothing inline."""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import re
from pathlib import Path

import brotli
import jinja2
import pytest
from PIL import Image

from shared.contracts import instruments

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "shared" / "web" / "static"
NAMES = ROOT / "shared" / "web" / "templates" / "parts" / "asset_names.html"
TOKENS = ROOT / "deploy" / "frontend" / "scss" / "_tokens.scss"
PHONE_BUDGET = 60_000
ICONS_BUDGET = 10_000
"""Bytes of style and script, compressed, that the whole form may make a phone fetch, the worker behind it included."""

TEMPLATES = sorted(p for folder in ("services", "shared") for p in (ROOT / folder).rglob("*.html"))
PAGES = [p for p in TEMPLATES if "documents" not in p.parts]

TEXT_PAIRS = [
    (ink, ground)
    for ink in ("ink", "soft", "accent", "trigger", "comfort", "red", "amber")
    for ground in ("paper", "card")
] + [
    ("ink", "accent-tint"),
    ("soft", "accent-tint"),
    ("accent", "accent-tint"),
    ("ink", "trigger-tint"),
    ("soft", "sunk"),
    ("ink", "comfort-tint"),
    ("red", "red-tint"),
    ("amber", "amber-tint"),
    ("comfort", "comfort-tint"),
    ("trigger", "trigger-tint"),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
    ("focus-ink", "focus"),
]
EDGE_PAIRS = [("line-strong", "paper"), ("line-strong", "card"), ("trigger", "sunk"), ("comfort", "sunk")]


def _built() -> dict[str, str]:
    return dict(re.findall(r'set (\w+) = "([^"]+)"', NAMES.read_text("utf-8")))


def test_every_built_file_is_there_under_the_hash_of_its_content() -> None:
    built = _built()
    assert {"stylesheet", "script", "plain", "icon", "kept", "phone", "worker"} <= set(built)
    for name in built.values():
        content = (STATIC / name).read_bytes()
        assert hashlib.sha256(content).hexdigest()[:10] == name.split(".")[1]
        if name.endswith(".png"):
            continue  # as small as it gets
        assert gzip.decompress((STATIC / f"{name}.gz").read_bytes()) == content
        assert brotli.decompress((STATIC / f"{name}.br").read_bytes()) == content
    assert {p.name for p in STATIC.iterdir()} == {
        name + coding for name in built.values() for coding in (("",) if name.endswith(".png") else ("", ".br", ".gz"))
    }


def test_the_look_is_ours_and_comes_from_here() -> None:
    style = (STATIC / _built()["stylesheet"]).read_text("utf-8")
    for unwanted in ("GDS Transport", "@font-face", "@import", "url(", "crest"):
        assert unwanted not in style


def test_a_phone_fetches_little() -> None:
    fetched = {name: len(gzip.compress((STATIC / name).read_bytes())) for name in _built().values()}
    code = {name: size for name, size in fetched.items() if name.endswith((".css", ".js"))}
    assert sum(code.values()) <= PHONE_BUDGET, code
    assert sum(fetched.values()) - sum(code.values()) <= ICONS_BUDGET, fetched


def test_a_home_screen_is_told_a_name_and_a_door_and_no_more() -> None:
    manifest = json.loads((STATIC / _built()["manifest"]).read_text("utf-8"))
    icons = manifest.pop("icons")
    assert manifest == {
        "id": "/",
        "name": "Open Door",
        "short_name": "Open Door",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": "#f6f1e7",
        "background_color": "#f6f1e7",
    }
    assert [(icon["sizes"], icon["purpose"]) for icon in icons] == [
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    ]
    for icon in icons:
        with Image.open(STATIC / icon["src"].rpartition("/")[2]) as picture:
            assert "x".join(map(str, picture.size)) == icon["sizes"]
            assert picture.format == "PNG"


def test_a_phone_may_cut_the_icon_round() -> None:
    with Image.open(STATIC / _built()["icon_mask"]) as icon:
        picture = icon.convert("RGBA")
    ground, middle = picture.getpixel((0, 0)), picture.width / 2
    assert isinstance(ground, tuple)
    assert ground[3] == 255
    drawn = [
        (x, y)
        for x in range(0, picture.width, 4)
        for y in range(0, picture.height, 4)
        if picture.getpixel((x, y)) != ground
    ]
    assert drawn
    assert max(math.hypot(x - middle, y - middle) for x, y in drawn) <= 0.4 * picture.width


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_words_and_edges_have_enough_contrast(theme: int) -> None:
    light, dark = TOKENS.read_text("utf-8").split("@media (prefers-color-scheme: dark)")
    colours = dict(re.findall(r"--od-([\w-]+): (#[0-9a-f]{3,6});", light))
    if theme:
        colours |= dict(re.findall(r"--od-([\w-]+): (#[0-9a-f]{3,6});", dark))
    weak = [(a, b) for a, b in TEXT_PAIRS if _contrast(colours[a], colours[b]) < 4.5]
    weak += [(a, b) for a, b in EDGE_PAIRS if _contrast(colours[a], colours[b]) < 3]
    assert not weak


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_template_has_nothing_inline(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
    assert not re.search(r"\sstyle\s*=|<style|\son\w+\s*=\s*[\"']|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"(src|href|action)\s*=\s*[\"']https?:", text)


def test_pages_name_every_part_as_the_instruments_do() -> None:
    loader = jinja2.FileSystemLoader(ROOT / "shared" / "web" / "templates")
    environment = jinja2.Environment(loader=loader)
    environment.globals["_l"] = str
    words = environment.get_template("parts/words.html").module
    building, talk = instruments.load("pie-environment", 1), instruments.load("mystery-shop", 1)
    assert words.zone_names == {zone.code: zone.name for zone in building.zones}  # type: ignore[attr-defined]
    assert words.shop_stage_names == {stage.code: stage.name for stage in talk.stages}  # type: ignore[attr-defined]
    assert words.dimension_names == {one.code: one.name for one in talk.dimensions}  # type: ignore[attr-defined]


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_what_is_kept_and_sent_comes_to_a_phone_once() -> None:
    built = _built()
    of_its_own = 'createObjectStore("files"'
    scripts = {name: (STATIC / name).read_text("utf-8") for name in built.values() if name.endswith(".js")}
    assert [name for name, text in scripts.items() if of_its_own in text] == [built["kept"]]
    assert f'importScripts("/static/shared/{built["kept"]}")' in scripts[built["worker"]]
