"""What came of each thing a volunteer said: you said, they answered, it was done, you checked; silence included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from services.reporting.domain.recommendation import REPLIES, Entry, Recommendation
from services.reporting.domain.standing import overdue, silent
from shared.contracts.days import day_here
from shared.contracts.sentences import Sentence

_DONE = frozenset({"planned", "doing", "partner-says-done", "paused", "no-longer-relevant"})
_CHECKED = frozenset({"verified", "not-yet", "kept-up"})


@dataclass(frozen=True, slots=True)
class Said:
    """One thing a volunteer said. `words` are their own, as released; None when they did not allow quoting.

    `praise`: what they said is that it is good.
    """

    exercise_id: str
    site_id: str
    wave: int
    item: str
    zone: str | None
    finding_id: str
    words: str | None
    praise: bool = False


@dataclass(frozen=True, slots=True)
class Chapter:
    """One thing said with one recommendation it led to, or with none yet. `silence` says so when nothing came."""

    said: Said
    recommendation: Recommendation | None
    answered: Entry | None
    done: tuple[Entry, ...]
    checked: tuple[Entry, ...]
    silence: str | None

    def as_json(self) -> dict[str, Any]:
        """The shape of one item of `me/changes` (wire.md §6)."""
        asked = self.recommendation
        return {
            "exercise_id": self.said.exercise_id,
            "site_id": self.said.site_id,
            "wave": self.said.wave,
            "item": self.said.item,
            "zone": self.said.zone,
            "finding_id": self.said.finding_id,
            "said": self.said.words,
            "recommendation": asked and {"id": asked.id, "title": asked.title, "status": asked.status},
            "answered": self.answered and told(self.answered),
            "done": [told(entry) for entry in self.done],
            "checked": [told(entry) for entry in self.checked],
            "silence": self.silence,
        }


def told(entry: Entry) -> dict[str, Any]:
    """A history line as it is told: by role only, words as they were written."""
    return {
        "status": entry.to_status,
        "role": str(entry.role),
        "at": entry.at.isoformat(),
        "words": entry.note,
        "evidence": [asdict(shown) for shown in entry.evidence],
    }


def chapters(
    said: Sequence[Said],
    recommendations: Sequence[Recommendation],
    histories: Mapping[str, Sequence[Entry]],
    today: date,
    *,
    met: bool,
) -> list[Chapter]:
    """For each thing said, every recommendation that was told to volunteers about its finding.

    Drafts are not told (domain.md §5). Something said that led to nothing yet is a chapter of its own. Praise needs no
    change, so there nobody is silent; and before the group has `met`, nothing can have come of anything.
    """
    found = []
    for one in said:
        about = [
            asked
            for asked in recommendations
            if one.finding_id in asked.findings and asked.status != "draft" and not asked.merged_into
        ]
        found += [_chapter(one, asked, histories.get(asked.id, ()), today) for asked in about]
        if not about:
            found.append(Chapter(one, None, None, (), (), None if one.praise else _nothing(met)))
    return found


def has_met(recommendations: Sequence[Recommendation]) -> bool:
    """Whether the group has agreed on anything yet."""
    return any(asked.status != "draft" for asked in recommendations)


def _nothing(met: bool) -> Sentence:
    if met:
        return Sentence("Nothing came of this yet. We say so, because silence is news too.")
    return Sentence("The group has not agreed on anything yet. When it has, you see it here.")


def _chapter(said: Said, asked: Recommendation, history: Sequence[Entry], today: date) -> Chapter:
    moves = [entry for entry in history if entry.kind == "move"]
    return Chapter(
        said,
        asked,
        answer(history),
        tuple(entry for entry in moves if entry.to_status in _DONE),
        tuple(entry for entry in moves if entry.to_status in _CHECKED),
        silence(asked, today),
    )


def answer(history: Sequence[Entry]) -> Entry | None:
    """The partner's answer, as it was given; None when there is none."""
    answers = [entry for entry in history if entry.kind == "move" and entry.to_status in REPLIES]
    return answers[-1] if answers else None


def silence(asked: Recommendation, today: date) -> str | None:
    """A sentence when something should have come and has not, else None."""
    if asked.status == "agreed":
        return Sentence("The group agreed on this. It has not been shared with the partner yet.")
    if asked.status == "shared" and asked.reply_due is not None:
        if overdue(asked, today):
            return Sentence("No answer came by %(day)s.", day=asked.reply_due)
        return Sentence("No answer yet. It is due by %(day)s.", day=asked.reply_due)
    if silent(asked, today):
        return Sentence("No news since %(day)s.", day=day_here(asked.news_at))
    return None
