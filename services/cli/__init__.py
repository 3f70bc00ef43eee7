"""`opendoor`: every command an operator or a lead gives from a terminal."""

from services.cli.commands import main

__all__ = ["main"]
