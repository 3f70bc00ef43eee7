"""The two instruments as `domain.md` §1 and §2 print them, typed in again: the acceptance tests must not read the
product's own tables, or a typing error there would be confirmed by itself.
"""

from dataclasses import dataclass

ZONES = ("AP", "EN", "RE", "WA", "WY", "TS", "TO", "QS", "EX")
CORE_ZONES = ("EN", "RE", "WA", "TS")
STAGES = ("BE", "AR", "WE", "CV", "OU", "AF")
DIMENSIONS = ("DIG", "LIS", "CLR", "CHO", "SIG", "PRI", "ACC", "FOL")

# Number, kind (T trigger, C comfort, B both), nature (F fact, L felt), s = short form, ! = must be right.
_ENVIRONMENT = {
    "AZ": "01BLs 02TF 03BLs 04BL 05BL 06BLs 07BF 08BFs 09BLs",
    "AP": "01BLs 02TF 03BL 04BF 05BF 06BF",
    "EN": "01BLs 02BLs 03TF! 04BF 05BFs 06BLs 07BL",
    "RE": "01BFs 02BL 03TFs! 04TL 05CF 06CF",
    "WA": "01BFs 02BFs 03BFs 04BF 05TL 06BL 07CFs 08CFs 09BL 10CF 11BL",
    "WY": "01BF 02TL 03TF! 04TF",
    "TS": "01BFs! 02TF 03BFs 04BL 05CFs 06TF 07CFs 08CF",
    "TO": "01BFs 02BF! 03BL 04BF",
    "QS": "01CFs 02CF 03BF",
    "EX": "01BFs 02TF 03CF 04CF 05CF",
}

# Number with ! for a must-have / channels (F face to face, P phone, W web) / dimension, "-" for the one never scored.
_MYSTERY = {
    "BE": "01/FPW/ACC 02/W/CLR 03/PW/ACC 04/FPW/ACC 05/FPW/CHO 06/P/CLR 07/FP/-",
    "AR": "01/F/DIG 02!/FP/PRI 03/F/DIG 04/FP/CLR 05/FPW/ACC",
    "WE": "01/FPW/DIG 02/FPW/DIG 03!/FP/PRI 04/FPW/PRI",
    "CV": "01!/FPW/DIG 02/FPW/LIS 03/FPW/LIS 04/FPW/CLR 05/FPW/CLR 06/FPW/CHO 07/FP/DIG 08!/FPW/DIG 09/FPW/LIS "
    "10!/FPW/SIG",
    "OU": "01/FPW/DIG 02/FPW/CHO 03/FPW/SIG 04!/FPW/CLR 05/FPW/FOL 06/FPW/FOL 07/FPW/CHO",
    "AF": "01/FPW/FOL 02/FPW/CLR 03/FPW/LIS 04/FPW/DIG",
}

CHANNEL_LETTER = {"face-to-face": "F", "phone": "P", "web": "W"}


@dataclass(frozen=True)
class Item:
    """One question of the environment check."""

    code: str
    kind: str
    nature: str
    short: bool
    must_be_right: bool

    @property
    def core(self) -> bool:
        """Whether it is asked in each of EN, RE, WA and TS instead of in a zone of its own."""
        return self.code.startswith("P-AZ")


@dataclass(frozen=True)
class MysteryItem:
    """One question of the mystery shop."""

    code: str
    stage: str
    channels: str
    dimension: str
    must_have: bool

    @property
    def scored(self) -> bool:
        """Everything but M-BE-07, which only asks what people had heard."""
        return self.dimension != "-"


ITEMS = {
    f"P-{zone}-{word[:2]}": Item(f"P-{zone}-{word[:2]}", word[2], word[3], "s" in word[4:], "!" in word)
    for zone, words in _ENVIRONMENT.items()
    for word in words.split()
}

MYSTERY_ITEMS = {
    f"M-{stage}-{number[:2]}": MysteryItem(f"M-{stage}-{number[:2]}", stage, channels, dimension, "!" in number)
    for stage, words in _MYSTERY.items()
    for number, channels, dimension in (word.split("/") for word in words.split())
}


def items_of_zone(zone: str) -> list[Item]:
    """Every item that can be asked in a zone, core items first."""
    own = [item for item in ITEMS.values() if item.code.startswith(f"P-{zone}-")]
    return [item for item in ITEMS.values() if item.core] + own if zone in CORE_ZONES else own


def items_in_zones(zones: list[str]) -> list[tuple[Item, str]]:
    """Every item-in-zone of a site with these zones, in the order of the visitor's journey."""
    return [(item, zone) for zone in ZONES if zone in zones for item in items_of_zone(zone)]
