"""One wave of a site with its counts read once, and which red flags are open at it (wire.md §4 pin 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from services.assessment.domain.items import RED, ItemCount, environment_items
from services.assessment.domain.shop import ShopItemCount, shop_items
from services.assessment.domain.tally import WaveTally
from shared.contracts.instruments import Instrument

Place = tuple[str, str]
"""An item and its zone."""


@dataclass(frozen=True)
class Wave:
    """A wave's number and counts, and the instruments that its visits used."""

    number: int
    tally: WaveTally
    environment: Instrument
    shop: Instrument

    @cached_property
    def items(self) -> list[ItemCount]:
        """Every item-in-zone that somebody was asked, in the order of the journey."""
        return environment_items(self.tally, self.environment)

    @cached_property
    def by_place(self) -> dict[Place, ItemCount]:
        """The same, to look one up."""
        return {(count.item.code, count.zone): count for count in self.items}

    @cached_property
    def shop_items(self) -> list[ShopItemCount]:
        """Every scored question of the talk that somebody was asked."""
        return shop_items(self.tally, self.shop)

    @cached_property
    def versions(self) -> dict[str, list[int]]:
        """Instrument -> the versions that visits of this wave used."""
        found: dict[str, list[int]] = {}
        for key in self.tally.seen:
            group, *rest = key.split("/")
            if group == "uses":
                found.setdefault(rest[0], []).append(int(rest[1]))
        return {name: sorted(versions) for name, versions in sorted(found.items())}


def open_reds(waves: Sequence[Wave]) -> dict[Place, int]:
    """The items-in-zone that are red at the end of `waves` (in order of number), and the wave each is open since.

    Open is what is red in the last wave, or was red before and has not been resolved since by §3.7's rule. A flag
    that was resolved and came back is open since it came back. Nothing closes by itself (domain.md §3.9).
    """
    found: dict[Place, int] = {}
    for wave in waves:
        for count in wave.items:
            place = (count.item.code, count.zone)
            if count.flag == RED:
                found.setdefault(place, wave.number)
            elif count.resolves:
                found.pop(place, None)
    return found
