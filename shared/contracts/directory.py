"""The shapes of directory events: what intake tells of exercises, people's roles and taken-back keys.

There is no field for a name anywhere, except the names of exercises, partners and sites.
"""

from __future__ import annotations

from marshmallow import Schema

from shared.contracts.fields import Choice, Day, Every, Inside, Moment, Text, Whole, YesNo

ROLES = ("volunteer", "buddy", "lead", "data-keeper", "sponsor", "manager", "working-group", "staff")
STAGES = ("plan", "fieldwork", "sense-making", "manager-review", "shared", "action", "closed")
MODES = ("announced", "covert")
PARTNER_KINDS = ("jobcentre", "housing", "health", "other")
ZONES = ("AP", "EN", "RE", "WA", "WY", "TS", "TO", "QS", "EX")


class Partner(Schema):
    """The organisation that is visited."""

    id = Text()
    name = Text()
    kind = Choice(*PARTNER_KINDS)


class Site(Schema):
    """One building of the partner."""

    id = Text()
    name = Text()
    zones = Every(Choice(*ZONES))
    photos_allowed = YesNo()


class Wave(Schema):
    """A window of visits; both days are in it."""

    number = Whole(1)
    opens = Day()
    closes = Day()


class ExercisePlanned(Schema):
    """org.opendoor.exercise.planned.v1: an exercise as it stands now; the highest version wins."""

    exercise_id = Text()
    version = Whole(1)
    title = Text()
    mode = Choice(*MODES)
    stage = Choice(*STAGES)
    partner = Inside(Partner)
    sites = Inside(Site, many=True)
    waves = Inside(Wave, many=True)
    wave_releases = Every(Whole(2))
    shared_before = YesNo()


class Membership(Schema):
    """What one person is in one exercise."""

    exercise_id = Text()
    roles = Every(Choice(*ROLES))
    representative = YesNo()


class PersonListed(Schema):
    """org.opendoor.person.listed.v1: all roles of one person, without a name; the highest version wins."""

    person_id = Text()
    version = Whole(1)
    memberships = Inside(Membership, many=True)


class CredentialRevoked(Schema):
    """org.opendoor.credential.revoked.v1: a token or link that no longer opens anything."""

    credential_id = Text()
    revoked_at = Moment()
