"""What careless and unfriendly programs send as a visit: each by name, with the statuses `wire.md` §1 and §3 allow and,
where one field is at fault, the pointer that must name it.
"""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.acceptance.plans import today

Body = dict[str, Any]
JSON = "application/json"
GIVE_TOO_MANY = 21


@dataclass(frozen=True)
class Hostile:
    """One bad request: what it is called, what is sent, what must come back."""

    name: str
    data: bytes
    statuses: tuple[int, ...]
    pointer: str | None = None
    media_type: str | None = JSON
    code: str | None = None


def raw_bodies(good: bytes) -> Iterator[Hostile]:
    """Bodies that are wrong before any field is read."""
    cases: list[tuple[str, bytes, tuple[int, ...]]] = [
        ("nothing at all", b"", (400,)),
        ("plain words", b"hello", (400,)),
        ("cut off", good[:-5], (400,)),
        ("two documents", good + good, (400,)),
        ("single quotes", good.replace(b'"', b"'"), (400,)),
        ("NaN", good.replace(b'"wave": 1', b'"wave": NaN'), (400, 422)),
        ("Infinity", good.replace(b'"wave": 1', b'"wave": Infinity'), (400, 422)),
        ("a number beyond floats", good.replace(b'"wave": 1', b'"wave": 1e999'), (400, 422)),
        ("an integer of 400 digits", good.replace(b'"wave": 1', b'"wave": ' + b"9" * 400), (400, 404, 422)),
        ("an integer of 6000 digits", good.replace(b'"wave": 1', b'"wave": ' + b"9" * 6000), (400, 404, 422)),
        ("an integer just beyond 64 bits", good.replace(b'"wave": 1', b'"wave": 9223372036854775808'), (404, 422)),
        ("the same field twice", good.replace(b'"wave": 1', b'"wave": 1, "wave": 1'), (400, 422)),
        ("a hundred thousand brackets", b"[" * 100_000, (400, 422)),
        ("deep objects", b'{"a":' * 50_000 + b"1" + b"}" * 50_000, (400, 422)),
        (
            "deep in a field",
            good.replace(b'"faces": {}', b'"faces": ' + b'{"a":' * 5000 + b"1" + b"}" * 5000),
            (400, 422),
        ),
        ("bytes that are not UTF-8", good.replace(b"morning", b"\xff\xfe\x80"), (400,)),
        ("UTF-16", good.decode().encode("utf-16"), (400,)),
        ("a list", b"[]", (400, 422)),
        ("null", b"null", (400, 422)),
        ("a number", b"1", (400, 422)),
        ("a string", b'"visit"', (400, 422)),
        ("true", b"true", (400, 422)),
        ("an empty object", b"{}", (422,)),
        ("a megabyte and more", good[:-1] + b', "words": "' + b"a" * 1_100_000 + b'"}', (413,)),
    ]
    for name, data, statuses in cases:
        yield Hostile(name, data, statuses)
    yield Hostile("as text", good, (415,), media_type="text/plain")
    yield Hostile("as a form", good, (415,), media_type="application/x-www-form-urlencoded")
    yield Hostile("as a picture", good, (415,), media_type="image/jpeg")
    yield Hostile("as nothing", good, (415,), media_type=None)


def _set(path: str, value: Any) -> Callable[[Body], None]:
    """Replace what a JSON pointer points to."""

    def change(body: Body) -> None:
        at: Any = body
        *way, last = path.strip("/").split("/")
        for step in way:
            at = at[int(step)] if isinstance(at, list) else at[step]
        if isinstance(at, list):
            at[int(last)] = value
        else:
            at[last] = value

    return change


def _drop(name: str) -> Callable[[Body], None]:
    return lambda body: body.pop(name)


def _answers(*answers: Body) -> Callable[[Body], None]:
    return lambda body: body.update(answers=list(answers))


def _case(name: str, good: Body, change: Callable[[Body], Any], pointer: str | None, *statuses: int) -> Hostile:
    body = copy.deepcopy(good)
    change(body)
    return Hostile(name, json.dumps(body).encode(), statuses or (422,), pointer)


def environment_fields(good: Body) -> Iterator[Hostile]:
    """An environment check of a site with the zones EN and RE, with one field wrong at a time."""
    for field in ("exercise_id", "site_id", "wave", "kind", "instrument", "instrument_version", "form"):
        yield _case(f"no {field}", good, _drop(field), f"/{field}")
        for wrong in (None, [], {}, True):
            yield _case(f"{field} is {wrong!r}", good, _set(field, wrong), f"/{field}")
    for field in ("visited_on", "part_of_day"):
        yield _case(f"no {field}", good, _drop(field), f"/{field}")
    for field in ("visited_on", "part_of_day", "answers", "channel", "zones_complete", "photos", "consents"):
        yield _case(f"{field} is 7", good, _set(field, 7), f"/{field}")
    wrongs: list[tuple[str, Any]] = [
        ("wave", "1"),
        ("wave", 1.5),
        ("exercise_id", "not-an-id"),
        ("site_id", "../../etc/passwd"),
        ("kind", "inspection"),
        ("instrument", "pie"),
        ("instrument_version", 2),
        ("instrument_version", 0),
        ("form", "medium"),
        ("channel", "phone"),
        ("visited_on", (today() + timedelta(days=2)).isoformat()),
        ("visited_on", (today() - timedelta(days=300)).isoformat()),
        ("visited_on", "2026-02-30"),
        ("visited_on", "yesterday"),
        ("part_of_day", "night"),
        ("stopped_early", "yes"),
        ("stopped_early", 1),
        ("keep_answers", "true"),
        ("zones_complete", "RE"),
        ("zones_complete", ["XX"]),
        ("zones_complete", ["TO"]),
        ("first_impressions", {"TO": "a zone that is not there"}),
        ("first_impressions", {"RE": 5}),
        ("first_impressions", {"RE": "a" * 4001}),
        ("consents", {"use_everything": True}),
        ("consents", {"quote": "yes"}),
        ("consents", []),
        ("photos", {}),
        ("nonsense", 1),
        ("volunteer", "somebody else"),
    ]
    for field, wrong in wrongs:
        yield _case(f"{field} is {str(wrong)[:30]!r}", good, _set(field, wrong), f"/{field}")
    other = {**good, "answers": []}
    yield _case("the other instrument", other, _set("instrument", "mystery-shop"), "/instrument")
    yield _case("the other kind", other, _set("kind", "mystery-shop"), "/instrument")
    for field in ("exercise_id", "site_id"):
        elsewhere = "00000000-0000-4000-8000-000000000000"
        yield _case(f"{field} of nothing", good, _set(field, elsewhere), None, 403, 404, 422)
    for number in (0, -1, 99):
        yield _case(f"wave {number}", good, _set("wave", number), None, 403, 404, 422)
    yield from _environment_answers(good)


def _environment_answers(good: Body) -> Iterator[Hostile]:
    def entry(item: str, zone: str, answer: str, **more: Any) -> Body:
        return {"item": item, "zone": zone, "answer": answer, **more}

    right = entry("P-RE-01", "RE", "bad", trigger=2)
    wrongs: list[tuple[str, Body, str]] = [
        ("an unknown item", entry("P-RE-99", "RE", "fine"), "/item"),
        ("an item of the other instrument", entry("M-WE-01", "RE", "fine"), "/item"),
        ("an item that is a number", {**right, "item": 3}, "/item"),
        ("an item of another zone", entry("P-EN-01", "RE", "fine"), ""),
        ("a core item where it is not asked", entry("P-AZ-01", "AP", "fine"), ""),
        ("a zone the site does not have", entry("P-TO-01", "TO", "fine"), ""),
        ("an unknown zone", entry("P-RE-01", "ZZ", "fine"), ""),
        ("no zone", {"item": "P-RE-01", "answer": "fine"}, ""),
        ("no item", {"zone": "RE", "answer": "fine"}, "/item"),
        ("no answer", {"item": "P-RE-01", "zone": "RE"}, "/answer"),
        ("an unknown answer", entry("P-RE-01", "RE", "meh"), "/answer"),
        ("an answer of the other instrument", entry("P-RE-01", "RE", "2"), "/answer"),
        ("bad without strength", entry("P-RE-01", "RE", "bad"), "/trigger"),
        ("bad with comfort", entry("P-RE-01", "RE", "bad", trigger=1, comfort=1), "/comfort"),
        ("good without strength", entry("P-RE-01", "RE", "good"), "/comfort"),
        ("good with trigger", entry("P-RE-01", "RE", "good", trigger=1, comfort=1), "/trigger"),
        ("both with one half", entry("P-RE-01", "RE", "both", trigger=1), "/comfort"),
        ("fine with trigger", entry("P-RE-01", "RE", "fine", trigger=1), "/trigger"),
        ("skip with comfort", entry("P-RE-01", "RE", "skip", comfort=1), "/comfort"),
        ("a trigger-only item that is good", entry("P-RE-03", "RE", "good", comfort=1), ""),
        ("a trigger-only item that is both", entry("P-RE-03", "RE", "both", trigger=1, comfort=1), ""),
        ("a comfort-only item that is bad", entry("P-RE-05", "RE", "bad", trigger=1), ""),
        ("a comfort-only item that is both", entry("P-RE-05", "RE", "both", trigger=1, comfort=1), ""),
        ("an unknown field", {**right, "strength": 2}, "/strength"),
        ("words too long", {**right, "words": "a" * 4001}, "/words"),
        ("words that are a list", {**right, "words": ["a"]}, "/words"),
        ("half a surrogate pair", {**right, "words": "a\ud800b"}, "/words"),
    ]
    wrongs += [(f"trigger {t!r}", {**right, "trigger": t}, "/trigger") for t in (0, 4, -1, 1.5, "2", True, [1], 10**30)]
    first = entry("P-EN-01", "EN", "fine")
    for name, wrong, at in wrongs:
        yield _case(name, good, _answers(first, wrong), f"/answers/1{at}")
    for name, wrong_answer in (("null", None), ("a string", "P-RE-01"), ("a list", [])):
        yield _case(f"an answer that is {name}", good, _set("answers", [first, wrong_answer]), "/answers/1")
    yield _case("the same item twice", good, _answers(right, first, {**right, "answer": "bad"}), "/answers/2")
    short = {**good, "form": "short"}
    yield _case("a long item on the short form", short, _answers(entry("P-RE-02", "RE", "fine")), "/answers/0")


def shop_fields(good: Body) -> Iterator[Hostile]:
    """A mystery shop with one thing wrong at a time."""

    def entry(item: str, answer: Any) -> Body:
        return {"item": item, "answer": answer}

    yield _case("no channel", good, _drop("channel"), "/channel")
    yield _case("a short mystery shop", good, _set("form", "short"), "/form")
    for answer in ("3", "bad", "", 2, None, True):
        yield _case(f"answer {answer!r}", good, _answers(entry("M-WE-01", answer)), "/answers/0/answer")
    yield _case("too soon before the end", good, _answers(entry("M-WE-01", "too-soon")), "/answers/0")
    yield _case("an item of the web", good, _answers(entry("M-BE-02", "2")), "/answers/0")
    phone = {**good, "channel": "phone"}
    yield _case("a guard on the phone", phone, _answers(entry("M-AR-03", "2")), "/answers/0")
    yield _case("an unknown item", good, _answers(entry("M-XX-01", "2")), "/answers/0/item")
    yield _case("an item of the check", good, _answers(entry("P-RE-01", "fine")), "/answers/0")
    yield _case("the same item twice", good, _answers(entry("M-WE-01", "2"), entry("M-WE-01", "2")), "/answers/1")
    yield _case("a channel by post", good, _set("channel", "post"), "/channel")
    for faces in ({"WE": 0}, {"WE": 6}, {"WE": "3"}, {"WE": 2.5}, {"WE": True}, {"ZZ": 3}, [3]):
        yield _case(f"faces {faces}", good, _set("faces", faces), "/faces")


def photo_fields(good: Body, photo: Body) -> Iterator[Hostile]:
    """A list of photos with one thing wrong at a time; `photo` is a right entry."""
    wrongs: list[tuple[str, Any]] = [
        ("photo_id", "1"),
        ("sha256", "abc"),
        ("sha256", "z" * 64),
        ("media_type", 7),
        ("bytes", 0),
        ("bytes", -5),
        ("bytes", "12"),
        ("zone", "XX"),
        ("zone", "TO"),
        ("file_name", "IMG_2041.jpg"),
        ("annotations", {}),
        ("annotations", [5]),
    ]
    for field, wrong in wrongs:
        yield _case(f"photo {field} {wrong!r}", good, _set("photos", [{**photo, field: wrong}]), f"/photos/0/{field}")
    yield _case("photo twice", good, _set("photos", [photo, photo]), "/photos/1")
    many = [{**photo, "photo_id": f"00000000-0000-4000-8000-{n:012}"} for n in range(GIVE_TOO_MANY)]
    yield _case("too many photos", good, _set("photos", many), "/photos")
    mark: Body = {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "type": "Annotation",
        "body": {"type": "TextualBody", "purpose": "tagging", "value": "trigger", "item": "P-RE-01", "strength": 2},
        "target": {"selector": {"type": "FragmentSelector", "value": "xywh=percent:10,10,20,20"}},
    }
    for value in ("trigger!", "both", 5, None):
        yield _mark(good, photo, f"mark with value {value!r}", mark, "/body/value", value)
    for strength in (0, 4, "2", 1.5, True, None):
        yield _mark(good, photo, f"mark with strength {strength!r}", mark, "/body/strength", strength)
    for item in ("P-XX-01", 7):
        yield _mark(good, photo, f"mark of item {item!r}", mark, "/body/item", item)
    selectors = (
        "10,10,20,20",
        "xywh=pixel:1,1,2,2",
        "xywh=percent:-1,0,5,5",
        "xywh=percent:90,90,20,20",
        "xywh=percent:a",
    )
    for selector in (
        *selectors,
        "xywh=percent:nan,1,1,1",
        "xywh=percent:0,0,0,0",
        "xywh=percent:1e9,0,5,5",
        5,
        "x" * 9000,
    ):
        yield _mark(good, photo, f"mark at {str(selector)[:30]!r}", mark, "/target/selector/value", selector)
    yield _mark(good, photo, "mark with long words", mark, "/body/words", "a" * 4001)
    yield _mark(good, photo, "mark for another purpose", mark, "/body/purpose", "linking")


def _mark(good: Body, photo: Body, name: str, mark: Body, pointer: str, wrong: Any) -> Hostile:
    """A photo whose only mark has one thing wrong."""
    changed = copy.deepcopy(mark)
    _set(pointer, wrong)(changed)
    return _case(name, good, _set("photos", [{**photo, "annotations": [changed]}]), "/photos/0/annotations/0")
