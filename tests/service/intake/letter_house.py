"""A house of intake from which letters go into a folder, and what somebody does who wants to be written to."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import text

from services.intake.domain.exercise import Release
from services.intake.letter_jobs import LetterPost
from services.intake.use_cases import exercises
from shared.post.folder import FolderOfLetters, Lying
from shared.post.port import Letter
from tests.service.intake.plans import EXERCISE, an_id
from tests.service.intake.test_care import plan_with_buddies
from tests.service.intake.visiting import Browser, Intake

MINUTES = timedelta(minutes=1)
DAYS = timedelta(days=1)


class Post(FolderOfLetters):
    """A folder that a test can make refuse."""

    fault: Exception | None = None
    tried = 0

    def send(self, letter: Letter) -> None:
        self.tried += 1
        if self.fault is not None:
            raise self.fault
        super().send(letter)


class House(Intake):
    """Intake with a look into the folder of its letters."""

    def __init__(self, folder: Path, **more: object) -> None:
        super().__init__(folder, plan_file=plan_with_buddies(), **more)  # type: ignore[arg-type]
        self.post = Post(folder / "letters")
        job = next(job for job in self.jobs if isinstance(job, LetterPost))
        job.post = self.post
        eraser = next(job for job in self.jobs if job.name == "letter-eraser")
        eraser.post = self.post

    def letters(self) -> list[Lying]:
        """Send what waits; everything that lies in the folder, the oldest first."""
        self.work("letters")
        return list(reversed(self.post.lying(100)))

    def count(self, table: str = "letters", where: str = "1 = 1") -> int:
        with self.service.database.reading() as tx:
            return int(tx.execute(text(f"SELECT COUNT(*) FROM {table} WHERE {where}")).scalar_one())

    def forget_letters(self) -> None:
        """Begin with an empty folder."""
        for one in self.letters():
            self.post.forget(one.id)


def links(letter: Lying) -> list[str]:
    """The paths of the links in a letter."""
    return [urlsplit(line).path for line in letter.text.splitlines() if line.startswith("http")]


def give_address(intake: House, who: str, *topics: str, **more: str) -> Browser:
    """Give an address, and say yes to it."""
    me = Browser(intake, who)
    me.open("/reach-me")
    me.send("/reach-me", address=f"{who}@Home.Example", topics=list(topics), **more)
    confirm = links(intake.letters()[-1])[0]
    assert "Yes, write to me there" in me.open(confirm)
    assert me.send(confirm) == "/reach-me"
    intake.forget_letters()
    return me


def release(intake: House) -> None:
    intake.move("sense-making")
    for who in ("lead", "volunteer-1"):
        exercises.give_key(intake.service, EXERCISE, an_id(who), Release("manager-review", None))
