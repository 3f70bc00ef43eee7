"""An instrument as everybody sees it: what is asked, where, on which form, and the cut-points of its version.

Intake asks and checks with it, assessment scores with it; so it is a contract and not the property of either.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

TRIGGER, COMFORT, BOTH = "T", "C", "B"
FACT, FELT = "F", "L"


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the building, in the order of the journey. `core`: the core items are asked here too."""

    code: str
    name: str
    core: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A stage, a dimension or a channel of a mystery shop, in plain words."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """One question. Environment items have kind, nature and zone; mystery-shop items stage and channels.

    `zone` is None for a core item (asked in every core zone) and for every mystery-shop item. `anchors` say
    what a 3 is like, by "trigger" and "comfort"; `answers` are words for an answer of this item alone.
    `must_be_right` is the ★ of both instruments (for a mystery shop: the must-have).
    """

    code: str
    prompt: str
    sources: tuple[str, ...]
    kind: str = ""
    nature: str = ""
    zone: str | None = None
    core: bool = False
    short: bool = False
    must_be_right: bool = False
    anchors: Mapping[str, str] = field(default_factory=dict)
    pie_area: str | None = None
    channels: tuple[str, ...] = ()
    stage: str | None = None
    dimension: str | None = None
    scored: bool = True
    answers: Mapping[str, str] = field(default_factory=dict)
    local: bool = False

    @property
    def must_have(self) -> bool:
        """The ★ of a mystery shop: a 0 is always flagged (domain.md §2)."""
        return self.must_be_right

    @property
    def takes_trigger(self) -> bool:
        """Whether `bad` (and a trigger strength) is an answer here: kinds T and B."""
        return self.kind in (TRIGGER, BOTH)

    @property
    def takes_comfort(self) -> bool:
        """Whether `good` (and a comfort strength) is an answer here: kinds C and B."""
        return self.kind in (COMFORT, BOTH)


@dataclass(frozen=True, slots=True)
class Scoring:
    """The cut-points of one version, in per cent, and the change that counts, in points (domain.md §3.3, §3.7)."""

    some_strain: int
    strained: int
    heavy: int
    change: int


@dataclass(frozen=True)
class Instrument:
    """One published version, or such a version with a group's local items added."""

    name: str
    version: int
    kind: str
    title: str
    items: tuple[Item, ...]
    answers: Mapping[str, str]
    zones: tuple[Zone, ...] = ()
    stages: tuple[Named, ...] = ()
    dimensions: tuple[Named, ...] = ()
    channels: tuple[Named, ...] = ()
    pie_areas: tuple[Named, ...] = ()
    trigger_words: Mapping[int, str] = field(default_factory=dict)
    comfort_words: Mapping[int, str] = field(default_factory=dict)
    face_words: Mapping[int, str] = field(default_factory=dict)
    zone_prompts: Mapping[str, str] = field(default_factory=dict)
    scoring: Scoring | None = None

    def __post_init__(self) -> None:
        by_code = {item.code: item for item in self.items}
        core = tuple(item for item in self.items if item.core)
        long: dict[str, tuple[Item, ...]] = {}
        short: dict[str, tuple[Item, ...]] = {}
        for zone in self.zones:
            own = tuple(item for item in self.items if item.zone == zone.code)
            long[zone.code] = (core if zone.core else ()) + own
            short[zone.code] = tuple(item for item in own if item.short)
        places = {(item.code, zone): item for zone, asked in long.items() for item in asked}
        channels = {
            channel.code: tuple(item for item in self.items if channel.code in item.channels)
            for channel in self.channels
        }
        object.__setattr__(self, "_by_code", by_code)
        object.__setattr__(self, "_places", places)
        object.__setattr__(self, "_long", long)
        object.__setattr__(self, "_short", short)
        object.__setattr__(self, "_channels", channels)
        object.__setattr__(self, "_core_codes", frozenset(item.code for item in core))

    _by_code: Mapping[str, Item] = field(init=False, repr=False, compare=False)
    _places: Mapping[tuple[str, str], Item] = field(init=False, repr=False, compare=False)
    _long: Mapping[str, tuple[Item, ...]] = field(init=False, repr=False, compare=False)
    _short: Mapping[str, tuple[Item, ...]] = field(init=False, repr=False, compare=False)
    _channels: Mapping[str, tuple[Item, ...]] = field(init=False, repr=False, compare=False)
    _core_codes: frozenset[str] = field(init=False, repr=False, compare=False)

    @property
    def places(self) -> Mapping[tuple[str, str], Item]:
        """Every item-in-zone: (code, zone) -> item. Empty for a mystery shop."""
        return self._places

    @property
    def zone_codes(self) -> tuple[str, ...]:
        """The zones in the order of the journey."""
        return tuple(zone.code for zone in self.zones)

    def find(self, code: str) -> Item | None:
        """The item with this code, or None."""
        return self._by_code.get(code)

    def item(self, code: str) -> Item:
        """The item with this code. Raises KeyError."""
        return self._by_code[code]

    def item_in(self, code: str, zone: str) -> Item | None:
        """The item as it stands in this zone; None when there is no such item or it is of another zone."""
        return self._places.get((code, zone))

    def zone(self, code: str) -> Zone:
        """The zone with this code. Raises KeyError."""
        for zone in self.zones:
            if zone.code == code:
                return zone
        raise KeyError(code)

    def takes(self, item: Item, form: str) -> bool:
        """Whether an answer to this item may come on this form: short = ◆ items and any core item (wire.md §3)."""
        return form == "long" or item.short or item.core

    def shown(self, zone: str, form: str) -> tuple[Item, ...]:
        """What a form shows in a zone: all of it, or the ◆ items with the core items to open where one stood out."""
        if form == "long":
            return self._long[zone]
        return tuple(item for item in self._long[zone] if item.core) + self._short[zone]

    def asked_in(self, zone: str, form: str, answered: Collection[str] = ()) -> tuple[Item, ...]:
        """What counts as asked in one zone (wire.md §4 pin 2).

        long: every item of the zone, core items included. short: its ◆ items except core ones, plus the core
        items among `answered`, the codes answered in this zone. Raises KeyError for a zone that is not known.
        """
        if form == "long":
            return self._long[zone]
        opened = self._core_codes.intersection(answered)
        if not opened:
            return self._short[zone]
        return tuple(item for item in self._long[zone] if item.code in opened) + self._short[zone]

    def asked(
        self, site_zones: Iterable[str], form: str, answered: Collection[tuple[str, str]] = ()
    ) -> tuple[tuple[Item, str], ...]:
        """Every (item, zone) asked in these zones, in the order of the journey; `answered` as (code, zone)."""
        wanted = frozenset(site_zones)
        codes: dict[str, set[str]] = {}
        for code, zone in answered:
            codes.setdefault(zone, set()).add(code)
        return tuple(
            (item, zone)
            for zone in self._long
            if zone in wanted
            for item in self.asked_in(zone, form, codes.get(zone, ()))
        )

    def for_channel(self, channel: str) -> tuple[Item, ...]:
        """The mystery-shop items of a channel, by stage. Raises KeyError for a channel that is not known."""
        return self._channels[channel]

    def answer_words(self, item: Item) -> Mapping[str, str]:
        """Each answer of this item in words."""
        return {**self.answers, **item.answers}

    def with_items(self, more: Iterable[Item]) -> Instrument:
        """The same version with more items, as a group's local ones."""
        return replace(self, items=self.items + tuple(more))
