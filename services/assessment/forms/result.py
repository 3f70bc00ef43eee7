"""What assessment says of a wave, as wire.md §4 pins it; `why` stands wherever a figure may be null."""

from __future__ import annotations

from marshmallow import Schema

from services.assessment.forms.figures import choice, free, listed, many, number, one, percent, text, whole, yes_no

ZONES = ("AP", "EN", "RE", "WA", "WY", "TS", "TO", "QS", "EX")
SURE = ("one-persons-view", "early", "fair", "strong")
BANDS = ("calm", "some-strain", "strained", "heavy")
FLAGS = ("red", "amber", "watch", "not-seen", "not-checked", "none")
STATES = ("scored", "not-enough-seen", "does-not-apply", "one-persons-view", "nothing-seen")
SAYS = ("good", "tentative", "talk-it-over", "everyone-agreed", "too-few")
WHY = "In plain words why something beside this is null, or null."


class LoadAnswer(Schema):
    """One side of a zone: pooled points over pooled maximum. The two sides are never subtracted."""

    points = whole("Sum of strengths over all visits and items.")
    maximum = whole("3 for every countable answer.")
    percent = percent()
    range = listed("number", "Lowest and highest visit, in per cent; null below two visits.")


class CoverageAnswer(Schema):
    """How much of what was asked could be answered."""

    countable = whole()
    asked = whole()
    not_applicable = whole("Answers that said not-here.")
    percent = percent("countable ÷ (asked − not_applicable).")


class ZoneAnswer(Schema):
    """A zone of the site."""

    zone = choice(*ZONES)
    visits = whole("Visits with at least one countable answer in it.")
    volunteers = whole("Different volunteers among them.")
    sure = choice(*SURE)
    state = choice(*STATES)
    trigger = one(LoadAnswer)
    comfort = one(LoadAnswer)
    band = choice(*BANDS, meaning="After caps; from three visits on.")
    band_by_points = choice(*BANDS, meaning="Before caps.")
    caps = listed("string", "Any of open-red, many-red.")
    coverage = one(CoverageAnswer)
    red = listed("string", "Items with this flag in this wave.")
    amber = listed("string", "Items with this flag in this wave.")
    strength = listed("string", "Items to keep as they are.")
    why = text(WHY)


class PrevalenceAnswer(Schema):
    """k of n, with its 95 % Wilson interval."""

    low = percent()
    high = percent()
    percent = percent()


class ItemAnswer(Schema):
    """An item in a zone."""

    item = text()
    zone = choice(*ZONES)
    kind = choice("T", "C", "B")
    nature = choice("F", "L", meaning="F a checkable fact, L felt.")
    must_be_right = yes_no()
    local = yes_no("true for a group's own item, which enters no sum.")
    n = whole("Countable visits.")
    k = whole("Visits with a trigger of 1 or more; null for comfort items.")
    volunteers = whole()
    triggers = listed("integer", "Strengths, sorted.")
    comforts = listed("integer", "Strengths, sorted.")
    max = whole()
    median = number("For an even n the mean of the middle two.")
    percent = percent("Load: 100 × points ÷ (3 × n).")
    prevalence = one(PrevalenceAnswer)
    flag = choice(*FLAGS)
    strength = yes_no()
    left_out = free("not-here, did-not-see, skip: how many answers are in no sum, and why.")
    why = text(WHY)


class OpenRedAnswer(Schema):
    """A red flag that is open at this wave."""

    item = text()
    zone = choice(*ZONES)
    since_wave = whole("The wave it is open since.")


class SiteAnswer(Schema):
    """The building as a whole."""

    visits = whole("Environment visits.")
    volunteers = whole()
    sure = choice(*SURE)
    trigger_percent = percent("Mean of the scored zones, each counting the same.")
    peak_zone = choice(*ZONES)
    open_red = many(OpenRedAnswer)
    band = choice(*BANDS, meaning="After the cap of an open red; from three visits on.")
    band_by_points = choice(*BANDS, meaning="Before the cap.")
    why = text(WHY)


class StageAnswer(Schema):
    """A stage of the talk."""

    stage = choice("BE", "AR", "WE", "CV", "OU", "AF")
    visits = whole()
    volunteers = whole()
    points = whole()
    maximum = whole()
    percent = percent()
    face_median = number("1 awful to 5 great; never part of a percentage.")
    faces = whole("How many gave a face.")
    why = text(WHY)


class DimensionAnswer(Schema):
    """A dimension of the talk."""

    dimension = choice("DIG", "LIS", "CLR", "CHO", "SIG", "PRI", "ACC", "FOL")
    visits = whole()
    volunteers = whole()
    points = whole()
    maximum = whole()
    percent = percent()
    why = text(WHY)


class ShopItemAnswer(Schema):
    """A question of the talk."""

    item = text()
    stage = text()
    dimension = text()
    must_have = yes_no()
    n = whole()
    volunteers = whole()
    points = whole()
    maximum = whole()
    percent = percent()
    twos = whole("Done without asking.")
    ones_or_more = whole("Done at all.")
    flag = choice("red", "none")
    left_out = free("Why answers are in no sum, and how many.")
    why = text(WHY)


class ShopAnswer(Schema):
    """The mystery shop."""

    visits = whole()
    volunteers = whole()
    sure = choice(*SURE)
    points = whole()
    maximum = whole()
    percent = percent()
    range = listed("number", "Lowest and highest visit, in per cent.")
    stages = many(StageAnswer)
    dimensions = many(DimensionAnswer)
    items = many(ShopItemAnswer)
    why = text(WHY)


class FactsAgreementAnswer(Schema):
    """How far volunteers agree on what can be checked."""

    pairs = whole("Pairs of answers within units.")
    exact_percent = percent()
    units = whole("Items-in-zones that two or more people answered.")
    alpha = number("Krippendorff's alpha to three decimals.")
    level = choice("nominal", "ordinal")
    says = choice(*SAYS)
    note = text("How to read a low alpha beside a high percentage.")
    why = text(WHY)


class FeltAgreementAnswer(FactsAgreementAnswer):
    """How far volunteers felt the same; different histories differ for good reason."""

    within_one_percent = percent()


class AgreementAnswer(Schema):
    """Agreement serves wording and training. It never overrules an answer."""

    facts = one(FactsAgreementAnswer)
    felt = one(FeltAgreementAnswer)


class WaveAnswer(Schema):
    """A wave of a site."""

    exercise_id = text()
    site_id = text()
    wave = whole()
    visits = whole("Visits with any countable answer of either instrument.")
    volunteers = whole()
    sure = choice(*SURE)
    swing = percent("How far one odd day could pull the picture: 100 ÷ visits.")
    why = text(WHY)
    instrument_versions = free("Instrument -> version.")
    zones = many(ZoneAnswer)
    items = many(ItemAnswer)
    site = one(SiteAnswer)
    mystery_shop = one(ShopAnswer)
    agreement = one(AgreementAnswer)
