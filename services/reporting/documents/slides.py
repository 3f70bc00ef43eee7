"""Makes the slides of a findings pack for a talk in a team: first what is good, then each red flag by itself, then
part by part what got to people and what helped them, and what all this is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.reporting.documents.office import without_the_clock
from services.reporting.documents.photos import got_to_people
from services.reporting.documents.slide_shapes import ACCENT, ACROSS, BOTTOM, EDGE, SOFT, TITLE_HIGH, TOP, Box, Slides
from services.reporting.documents.slide_text import Said, how_high, paged
from shared.contracts.days import day_here

QUOTES = 2
"""At most so many stand with one finding: a slide is for talking about, the document has all of them."""

Words = Mapping[str, Mapping[str, str]]
Content = Mapping[str, Any]
Pictures = Mapping[str, bytes]

_RED, _AMBER = "A01C2C", "775000"
_TITLE_SIZES = (30, 26)
_GOES_ON = " (goes on)"
_ROWS = 9
_PHOTO, _GAP, _INSIDE = 360.0, 24.0, 8.0
_GOOD = "What is good and should stay"


@dataclass(frozen=True, slots=True)
class _Talk:
    """What every slide needs: the slides so far, plain words for codes, and the photos by id."""

    slides: Slides
    words: Words
    pictures: Pictures


def as_pptx(content: Content, version: int, made_at: datetime, words: Words, pictures: Pictures) -> bytes:
    """The findings pack as slides. `content` is from `findings_pack`, `pictures` are JPEG files by photo id.

    The same arguments give the same bytes.
    """
    exercise = content["exercise"]
    day = day_here(made_at)
    slides = Slides(
        f"What volunteers found: {exercise['title']}, version {version}",
        f"{_short(exercise['title'], 70)} · version {version}",
    )
    front = slides.slide("What volunteers found", size=44, front=True)
    about = [
        Said(_short(exercise["title"], 160), 26, colour="FFFCF5"),
        Said(_short(exercise["partner"], 100), 20, colour="F6F1E7"),
        Said(f"Version {version}, made on {day.day} {day:%B %Y}", 18, colour="F6F1E7"),
    ]
    slides.words(front, about, Box(EDGE, 308, ACROSS, 180))
    talk = _Talk(slides, words, pictures)
    for site in content["sites"]:
        _site(talk, site)
    _tell(talk, "What this is not", [Said(line, 24) for line in content["what_this_is_not"]])
    return without_the_clock(slides.finished(), made_at)


def _site(talk: _Talk, site: Content) -> None:
    _tell(talk, site["name"], [Said(site["in_a_sentence"], 28)])
    with_photo = [one for one in site["keep"] if _shown(one, talk)]
    others = [one for one in site["keep"] if not _shown(one, talk)]
    for one in with_photo:
        _finding(talk, "★ Keep this", one, ACCENT)
    _list(talk, _GOOD, others, "★", ACCENT)
    if not site["keep"]:
        _tell(talk, _GOOD, [Said("Nothing was named yet.", 24)])
    red = [one for one in site["red"] if not _put_right(one)]
    for one in red:
        _finding(talk, "⚑ Red flag", one, _RED)
    if not red:
        _tell(talk, "Red flags", [Said("No red flag is open.", 24)])
    _list(talk, "Red flags that were put right", [one for one in site["red"] if _put_right(one)], "⚑", ACCENT)
    _list(talk, "Amber flags that are open", [one for one in site["amber"] if not _put_right(one)], "◆", _AMBER)
    waves = [wave for wave in site["waves"] if wave.get("zones")]
    if waves:
        _part_by_part(talk, site["name"], waves[-1])


def _finding(talk: _Talk, kind: str, one: Content, colour: str) -> None:
    said = [Said(_where(one, talk), 22, colour=SOFT)]
    said += [Said(f"“{quote}”", 28, quote=True) for quote in (one.get("quotes") or [])[:QUOTES]]
    if one.get("reply"):
        said.append(Said(f"The partner says: “{one['reply']}”"))
    photos = _shown(one, talk)
    first = photos[0] if photos else None
    _tell(talk, f"{kind}: {_prompt(one, talk)}", said + _marks(first), short=kind, colour=colour, photo=first)
    for photo in photos[1:]:
        _tell(talk, f"{kind}: one more photo", _marks(photo), colour=colour, photo=photo)


def _tell(
    talk: _Talk,
    title: str,
    said: Sequence[Said],
    *,
    short: str = "",
    colour: str = ACCENT,
    photo: Content | None = None,
) -> None:
    """A slide with words, beside the photo if there is one, and as many more as the words need.

    A title too long for its place gives way to `short`, and stands whole among the words.
    """
    size = next((size for size in _TITLE_SIZES if how_high(title + _GOES_ON, size, ACROSS - 20) <= TITLE_HIGH), 0)
    if not size:
        said = [Said(title, 24, bold=True, leads=True), *said]
        title, size = short or _short(title, 60), _TITLE_SIZES[0]
    narrow = ACROSS - (_PHOTO + _GAP if photo else 0)
    high = BOTTOM - TOP
    for number, part in enumerate(paged(said, narrow - _INSIDE, high - _INSIDE, ACROSS - _INSIDE)):
        slide = talk.slides.slide(title + (_GOES_ON if number else ""), size=size, colour=colour)
        talk.slides.words(slide, part, Box(EDGE, TOP, ACROSS if number else narrow, high))
        if photo and number == 0:
            place = Box(EDGE + narrow + _GAP, TOP, _PHOTO, high)
            talk.slides.picture(slide, talk.pictures[photo["id"]], _photo_in_words(photo, talk), place)


def _part_by_part(talk: _Talk, name: str, wave: Content) -> None:
    heads = ("Part", "In a word", "▲ Got to people", "● Helped people", "Red flags")
    rows = [
        (
            talk.words["zones"].get(zone["zone"], zone["zone"]),
            talk.words["bands"].get(zone.get("band") or "", "no band"),
            _load(zone.get("trigger")),
            _load(zone.get("comfort")),
            str(len(zone.get("red") or [])),
        )
        for zone in wave["zones"]
    ]
    told = f"{name}, round {wave['wave']}: what got to people and what helped them, part by part"
    note = Said("The two are never taken from one another.", 18, colour=SOFT)
    for start in range(0, len(rows), _ROWS):
        title = f"Round {wave['wave']}: what got to people, part by part"
        slide = talk.slides.slide(title + (_GOES_ON if start else ""))
        talk.slides.words(slide, [note], Box(EDGE, TOP - 8, ACROSS, 32))
        talk.slides.table(slide, [heads, *rows[start : start + _ROWS]], (30, 16, 22, 22, 12), told, TOP + 24)


def _list(talk: _Talk, title: str, findings: Sequence[Content], sign: str, colour: str) -> None:
    """Several findings to a slide, each with its first quote; no slide when there is none."""
    said = [line for one in findings for line in _in_a_list(one, talk, sign)]
    if said:
        _tell(talk, title, said, colour=colour)


def _in_a_list(one: Content, talk: _Talk, sign: str) -> list[Said]:
    quotes = (one.get("quotes") or [])[:1]
    said = [Said(f"{sign} {_prompt(one, talk)}", 22, bold=True, leads=True)]
    said.append(Said(_where(one, talk), 18, colour=SOFT, leads=bool(quotes)))
    return said + [Said(f"“{quote}”", 22, quote=True) for quote in quotes]


def _put_right(one: Content) -> bool:
    return bool(one.get("state") == "resolved")


def _prompt(one: Content, talk: _Talk) -> str:
    prompt = str(one.get("prompt") or talk.words["prompts"].get(one["item"], one["item"]))
    return f"{prompt} (not there the last time)" if one["kind"] == "strength" and _put_right(one) else prompt


def _where(one: Content, talk: _Talk) -> str:
    place = talk.words["zones"].get(one.get("zone") or "", "The talk")
    return f"{place}. {one['in_words']}" if one.get("in_words") else place


def _shown(one: Content, talk: _Talk) -> list[Content]:
    return [photo for photo in one.get("photos") or [] if photo["id"] in talk.pictures]


def _marks(photo: Content | None) -> list[Said]:
    marks = (photo or {}).get("marks") or []
    return [Said(f"{number}  {_mark(mark)}", 18) for number, mark in enumerate(marks, 1)]


def _mark(mark: Content) -> str:
    said = "▲ got to me" if got_to_people(mark) else "● helped me"
    if mark.get("strength"):
        said += f", strength {mark['strength']} of 3"
    return f"{said}: {mark['words']}" if mark.get("words") else said


def _photo_in_words(photo: Content, talk: _Talk) -> str:
    marks = [f"{number} {_mark(mark)}" for number, mark in enumerate(photo.get("marks") or [], 1)]
    place = talk.words["zones"].get(photo.get("zone") or "", "the building")
    many = f"Photo: {place}, with {len(marks)} numbered mark{'' if len(marks) == 1 else 's'}"
    return f"{many}: {'; '.join(marks)}" if marks else f"Photo: {place}"


def _load(one: Content | None) -> str:
    if not one or one.get("points") is None:
        return "not shown"
    if not one["maximum"]:
        return "–"
    share = f" ({one['percent']}%)" if one.get("percent") is not None else ""
    return f"{one['points']} of {one['maximum']}{share}"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
