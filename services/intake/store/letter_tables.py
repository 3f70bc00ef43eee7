"""The tables of letters to people. Addresses stand in one of them and nowhere else; what letters say is in neither."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

# Identity data: only its own person sees it, and it goes when they take it back or their exercises are long closed.
mail_addresses = Table(
    "mail_addresses",
    metadata,
    Column("person_id", String(36), primary_key=True),
    Column("id", String(36), nullable=False),  # a new one with each address, so that an old link says nothing of it
    Column("address", Text, nullable=False),
    Column("language", String(10), nullable=False),
    Column("topics", JSON, nullable=False),
    Column("way_in", Boolean, nullable=False),
    Column("asked_at", String(40), nullable=False),
    Column("confirmed_at", String(40)),
)

# What is to be sent, written with the fact it tells of; what was, for thirty days.
letters = Table(
    "letters",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("person_id", String(36), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("about", String(120), nullable=False),  # a trip, an address, or an exercise and its stage
    Column("rank", Integer, nullable=False),  # 0 before 1
    Column("made_at", String(40), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("look_at", String(40)),  # when to try; empty once it is over
    Column("state", String(10), nullable=False),  # waiting, sent, dropped, failed
    Column("why", Text),
    Column("erase_at", String(40)),
    Index("letters_to_send", "look_at"),
    Index("letters_by_person", "person_id"),
    Index("letters_by_state", "state"),
    Index("letters_to_erase", "erase_at"),
)
