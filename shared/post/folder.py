"""Letters as files in a folder, where no mail server was named: somebody reads them there, or hands them on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from shared.post.port import Letter, PostAway
from shared.post.written import as_message, sender
from shared.runtime.durable import flush_folder

SENDER = "Open Door <letters@opendoor.invalid>"
_ENDING = ".eml"


@dataclass(frozen=True, slots=True)
class Lying:
    """A letter as it lies in the folder. `written` is its Date header."""

    id: str
    subject: str = field(repr=False)
    text: str = field(repr=False)
    language: str
    written: datetime | None


class FolderOfLetters:
    """A post that only lays letters down. The folder and its files are for their owner only."""

    def __init__(self, folder: Path, from_: Address | None = None) -> None:
        self.folder = folder
        self.from_ = from_ or sender(SENDER)

    def send(self, letter: Letter) -> None:
        """Lay the letter down; the same letter again takes its own place. Raises PostAway or LetterRefused."""
        body = as_message(letter, self.from_).as_bytes()
        aside = self._aside(letter.id)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            aside.touch(mode=0o600)
            with aside.open("wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, self.folder / f"{letter.written_at:%Y%m%dT%H%M%S}-{letter.id}{_ENDING}")
            flush_folder(self.folder)
        except OSError as error:
            # Half a letter is nobody's, and takes room that there may be none of.
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            raise _away(error) from None

    def forget(self, letter_id: str) -> None:
        """Erase the file of this letter. Raises PostAway when the folder cannot be changed."""
        try:
            # Also what is left of it when its process was killed in the midst of it.
            self._aside(letter_id).unlink(missing_ok=True)
            for path in self._files():
                if _id(path) == letter_id:
                    path.unlink(missing_ok=True)
                    flush_folder(self.folder)
        except OSError as error:
            raise _away(error) from None

    def lying(self, most: int) -> list[Lying]:
        """The newest letters, the newest first. One that goes meanwhile is passed over."""
        return list(self._read(sorted(self._files(), reverse=True)[:most]))

    def _aside(self, letter_id: str) -> Path:
        return self.folder / f".{letter_id}"

    def _files(self) -> list[Path]:
        try:
            return [path for path in self.folder.iterdir() if path.suffix == _ENDING and path.name[0] != "."]
        except FileNotFoundError:
            return []

    def _read(self, paths: list[Path]) -> Iterator[Lying]:
        for path in paths:
            try:
                message = message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=default)
            except FileNotFoundError:
                continue
            date = message["Date"]
            written = date.datetime if date is not None else None
            language = str(message["Content-Language"] or "en")
            text = message.get_content().replace("\r\n", "\n")
            yield Lying(_id(path), str(message["Subject"] or ""), text, language, written)


def _away(error: OSError) -> PostAway:
    return PostAway(f"The folder of letters cannot be used: {os.strerror(error.errno or 0)}.")


def _id(path: Path) -> str:
    return path.stem.partition("-")[2]
