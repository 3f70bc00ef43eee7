"""The instruments are whole, frozen, and told apart from anything malformed by file and line."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest

from shared.contracts import instruments
from shared.contracts.instruments import InstrumentRefused, extended, load, published
from shared.contracts.instruments.loader import read_file

FOLDER = Path(instruments.__file__).parent
FROZEN = {
    "mystery-shop.v1.yaml": "0f2ff3c70d4fd518623ac35d739b64ae1547bff6344daeb197b6654817138d8d",
    "pie-environment.v1.yaml": "8ecea00526dd93f354999a0b6610f0dce4659a0d6ee56d94cbb5709640358695",
}
ALL_ZONES = ("AP", "EN", "RE", "WA", "WY", "TS", "TO", "QS", "EX")


def test_published_files_are_frozen() -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("*.yaml")}
    assert found == FROZEN
    assert published() == (("mystery-shop", 1), ("pie-environment", 1))


def test_the_environment_check_is_whole() -> None:
    """domain.md §1: 63 items, 9 core in four zones + 54 of one zone = 90 answers, 24 of them short form."""
    check = load("pie-environment", 1)
    assert check.zone_codes == ALL_ZONES
    assert len(check.items) == 63
    core = [item for item in check.items if item.core]
    assert len(core) == 9
    assert [zone.code for zone in check.zones if zone.core] == ["EN", "RE", "WA", "TS"]
    assert len(check.places) == len(check.asked(ALL_ZONES, "long")) == 90
    assert sum(item.short for item in check.items) == 24
    assert sum(item.short for item in core) == 5
    by_zone = Counter(item.zone for item in check.items if not item.core)
    assert by_zone == {"AP": 6, "EN": 7, "RE": 6, "WA": 11, "WY": 4, "TS": 8, "TO": 4, "QS": 3, "EX": 5}
    starred = {item.code for item in check.items if item.must_be_right}
    assert starred == {"P-EN-03", "P-RE-03", "P-WY-03", "P-TS-01", "P-TO-02"}
    assert check.scoring is not None
    scoring = check.scoring
    assert (scoring.some_strain, scoring.strained, scoring.heavy, scoring.change) == (10, 25, 50, 10)
    assert check.trigger_words[3] == "I felt unsafe, or wanted to leave, or did leave."
    assert check.comfort_words[3] == "It made a big difference. I felt safe or welcome."


def test_every_environment_item_says_what_a_three_is_like_and_where_it_is_from() -> None:
    check = load("pie-environment", 1)
    areas = {area.code for area in check.pie_areas}
    for item in check.items:
        assert item.prompt.endswith(("?", ")"))
        assert item.sources
        assert item.nature in ("F", "L")
        assert item.pie_area in areas
        assert item.anchors
        assert "trigger" not in item.anchors or item.takes_trigger
        assert "comfort" not in item.anchors or item.takes_comfort
    assert check.item("P-RE-03").anchors == {"trigger": "said private things aloud, or gave up"}
    assert check.item("P-WA-04").anchors == {
        "trigger": "full name shouted",
        "comfort": "came and said my name softly",
    }
    assert check.item("P-WA-04").sources == ("P", "SPC")


def test_the_mystery_shop_is_whole() -> None:
    """domain.md §2: 37 items, 36 scored; the must-haves; the channels of each item."""
    shop = load("mystery-shop", 1)
    assert len(shop.items) == 37
    assert [item.code for item in shop.items if not item.scored] == ["M-BE-07"]
    by_stage = Counter(item.stage for item in shop.items)
    assert by_stage == {"BE": 7, "AR": 5, "WE": 4, "CV": 10, "OU": 7, "AF": 4}
    starred = {item.code for item in shop.items if item.must_have}
    assert starred == {"M-AR-02", "M-WE-03", "M-CV-01", "M-CV-08", "M-CV-10", "M-OU-04"}
    assert {item.dimension for item in shop.items if item.scored} == {one.code for one in shop.dimensions}
    assert shop.item("M-BE-02").channels == ("web",)
    assert shop.item("M-BE-03").channels == ("phone", "web")
    assert [len(shop.for_channel(channel)) for channel in ("face-to-face", "phone", "web")] == [34, 34, 29]
    assert shop.answer_words(shop.item("M-AF-04"))["1"] == "Maybe"
    assert shop.answer_words(shop.item("M-AF-03"))["1"] == "Only when I asked, or partly"
    assert shop.places == {}


def test_the_short_form_asks_its_own_items_and_the_core_items_that_were_answered() -> None:
    """wire.md §4 pin 2."""
    check = load("pie-environment", 1)
    waiting = [item.code for item in check.asked_in("WA", "short")]
    assert waiting == ["P-WA-01", "P-WA-02", "P-WA-03", "P-WA-07", "P-WA-08"]
    opened = [item.code for item in check.asked_in("WA", "short", ["P-AZ-05", "P-WA-09"])]
    assert opened == ["P-AZ-05", *waiting]
    assert len(check.asked(ALL_ZONES, "short")) == 19
    some = check.asked(("WA", "EN"), "short", [("P-AZ-01", "EN"), ("P-AZ-01", "RE")])
    assert [(item.code, zone) for item, zone in some][:2] == [("P-AZ-01", "EN"), ("P-EN-01", "EN")]
    assert len(some) == 1 + 4 + 5
    assert [item.code for item in check.asked_in("AP", "short", ["P-AZ-01"])] == ["P-AP-01"]
    assert len(check.asked_in("WA", "long")) == 20
    assert len(check.shown("WA", "short")) == 9 + 5
    assert check.takes(check.item("P-AZ-05"), "short")
    assert not check.takes(check.item("P-WA-09"), "short")
    assert check.takes(check.item("P-WA-09"), "long")


def test_an_item_is_found_by_its_code_and_its_zone() -> None:
    check = load("pie-environment", 1)
    assert check.item_in("P-AZ-01", "TS") is check.item("P-AZ-01")
    assert check.item_in("P-AZ-01", "TO") is None
    assert check.item_in("P-RE-03", "WA") is None
    assert check.item_in("P-XX-03", "WA") is None
    assert check.find("P-XX-03") is None
    assert check.zone("RE").name == "The front desk"
    with pytest.raises(KeyError):
        check.zone("XX")
    with pytest.raises(KeyError):
        check.asked_in("XX", "short")


def test_an_instrument_is_read_once_and_an_unpublished_one_is_not_there() -> None:
    assert load("pie-environment", 1) is load("pie-environment", 1)
    with pytest.raises(KeyError):
        load("pie-environment", 2)


def write(folder: Path, text: str, name: str = "pie-environment.v1.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("code: P-RE-03", "code: P-RE-02", "twice"),
        ("code: P-RE-03", "code: RE3", "no item code"),
        ("code: P-RE-03", "code: M-RE-03", "no item code"),
        ("code: P-RE-03", "code: [1]", "must be words"),
        ("    kind: C\n", "    kind: Z\n", "Z is not one of"),
        ("    nature: F\n", "    nature: fact\n", "fact is not one of"),
        ("    zone: TO\n", "    zone: LOO\n", "LOO is not one of"),
        ("    zone: TO\n", "    zone: TS\n", "cannot be an item of TS"),
        ("    short: true\n", "    short: perhaps\n", "true or false"),
        ("    short: true\n", "    shirt: true\n", "shirt is not known"),
        ("pie_area: managing-relationships", "pie_area: weather", "weather is not one of"),
        ("items: 63", "items: 64", "items should be 63"),
        ("short_form_items: 24", "short_form_items: many", "whole number"),
        ("strained: 25", "strained: 9", "must rise"),
        ("version: 1", "version: 2", "does not belong"),
        ("version: 1", "version: one", "whole number"),
        ("kind: environment", "kind: guess", "guess is not one of"),
        ("  - {code: EN,", "  - {code: AP,", "Zone AP is here twice"),
        ("sources: [CBT, NSF]", "sources: CBT", "must be a list"),
        ("title: PIE environment check", "title: [unfinished", "not YAML"),
    ],
)
def test_a_malformed_instrument_is_refused_with_file_and_line(
    tmp_path: Path, was: str, becomes: str, says: str
) -> None:
    text = (FOLDER / "pie-environment.v1.yaml").read_text(encoding="utf-8")
    at = line_of(text, was)
    with pytest.raises(InstrumentRefused, match=says) as refused:
        read_file(write(tmp_path, text.replace(was, becomes, 1)))
    assert str(refused.value).startswith(f"pie-environment.v1.yaml:{refused.value.line}: ")
    near = 3 if says in ("does not belong", "not YAML") else 0
    assert abs(refused.value.line - at) <= near


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("channels: [web]", "channels: [pigeon]", "pigeon is not one of"),
        ("dimension: CLR", "dimension: FUN", "FUN is not one of"),
        ("stage: AF", "stage: OU", "cannot be an item of stage OU"),
        ("    scored: false\n", "", "needs a dimension"),
        ("must_have: true", "must_be_right: true", "must_be_right is not known"),
        ("scored: 36", "scored: 37", "scored should be 36"),
    ],
)
def test_a_malformed_mystery_shop_is_refused(tmp_path: Path, was: str, becomes: str, says: str) -> None:
    text = (FOLDER / "mystery-shop.v1.yaml").read_text(encoding="utf-8")
    with pytest.raises(InstrumentRefused, match=says):
        read_file(write(tmp_path, text.replace(was, becomes, 1), "mystery-shop.v1.yaml"))


@pytest.mark.parametrize("text", ["", "- a list\n", "just words\n", "name: x\n", "a: 1\na: 2\n", "\x00"])
def test_what_is_no_instrument_at_all_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InstrumentRefused, match=r"^pie-environment\.v1\.yaml:1: |:2: "):
        read_file(write(tmp_path, text))


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    text = (FOLDER / "pie-environment.v1.yaml").read_text(encoding="utf-8")
    wanted = line_of(text, "code: P-TO-02")
    broken = text.replace('    prompt: "Did the toilet door lock and feel safe?"\n', "", 1)
    with pytest.raises(InstrumentRefused, match="prompt is missing") as refused:
        read_file(write(tmp_path, broken))
    assert refused.value.line == wanted


LOCAL = """\
items:
  - code: X-WA-01
    prompt: Was the fish tank nice?
    zone: WA
    kind: C
    nature: L
    sources: [P]
"""


def test_a_group_may_add_local_items(tmp_path: Path) -> None:
    check = load("pie-environment", 1)
    more = extended(check, write(tmp_path, LOCAL, "local.yaml"))
    tank = more.item("X-WA-01")
    assert tank.local
    assert more.item_in("X-WA-01", "WA") is tank
    assert more.asked_in("WA", "long")[-1] is tank
    assert len(more.items) == 64
    assert check.find("X-WA-01") is None
    assert not any(item.local for item in check.items)


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("X-WA-01", "P-WA-12", "must be like X-RE-01"),
        ("zone: WA", "zone: RE", "cannot be an item of RE"),
        ("items:", "things:", "things is not known"),
    ],
)
def test_a_malformed_local_item_is_refused(tmp_path: Path, was: str, becomes: str, says: str) -> None:
    with pytest.raises(InstrumentRefused, match=says):
        extended(load("pie-environment", 1), write(tmp_path, LOCAL.replace(was, becomes), "local.yaml"))


def test_a_local_mystery_item_never_scores(tmp_path: Path) -> None:
    text = """\
items:
  - code: X-WE-01
    prompt: Did they offer a seat?
    stage: WE
    channels: [face-to-face]
    sources: [P]
"""
    more = extended(load("mystery-shop", 1), write(tmp_path, text, "local.yaml"))
    assert not more.item("X-WE-01").scored
    assert more.for_channel("face-to-face")[-1].code == "X-WE-01"
