"""Holds the tree to the shape that docs and design give it, so that a wrong turn fails here and not in review."""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CEILING = 400
MEDIAN = 100
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}


def code_files() -> list[Path]:
    """Every Python file of ours, but migrations, which are frozen history."""
    return [
        path
        for folder in ("services", "shared")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path.stat().st_size
    ]


def test_import_contracts_hold() -> None:
    """Services never import one another, domain stays pure, layers point one way (pyproject, importlinter)."""
    run = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]],
    ids=lambda words: " ".join(words[:2]),
)
def test_style_and_types_hold(command: list[str]) -> None:
    """What `make check` asks of style and types; here too, so that nobody can land without."""
    program = Path(sys.executable).with_name(command[0])
    run = subprocess.run([str(program), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_modules_stay_small() -> None:
    """Half of them under 100 lines, none over 400."""
    sizes = {path: len(path.read_text().splitlines()) for path in code_files()}
    assert {str(path): size for path, size in sizes.items() if size > CEILING} == {}
    modules = [size for path, size in sizes.items() if path.name != "__init__.py"]
    assert statistics.median(modules) < MEDIAN


def test_names_say_something() -> None:
    """No `utils` and no `manager`: a module is named after what it is about."""
    everything = [p for p in ROOT.rglob("*.py") if ".venv" not in p.parts and "node_modules" not in p.parts]
    assert [str(p) for p in everything if p.stem in EMPTY_NAMES] == []


@pytest.mark.parametrize("path", code_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_every_module_says_why_it_exists(path: Path) -> None:
    """One to three sentences at the top of each."""
    assert ast.get_docstring(ast.parse(path.read_text())), f"{path} does not say why it exists"


def test_importing_opens_nothing(tmp_path: Path) -> None:
    """Every module can be imported with no network, no data folder and no settings."""
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in code_files()
        if path.name != "__main__.py" and "migrations" not in path.parts
    ]
    program = (
        "import socket, sqlite3, sys, importlib\n"
        "def refuse(*a, **k): raise AssertionError('opened at import')\n"
        "socket.socket.connect = refuse\n"
        "sqlite3.connect = refuse\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        # Large, and needed by one worker when it makes a document.
        "assert not {'weasyprint', 'openpyxl', 'pptx'} & set(sys.modules), 'loaded at import'\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    assert list(tmp_path.iterdir()) == []


def test_no_test_waits_in_a_way_our_own_pages_refuse() -> None:
    """`wait_for_function` evals at each look, which the pages' policy forbids; `coming_true.py` does not."""
    sinners = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if ".wait_for_" + "function(" in path.read_text()
    ]
    assert sinners == []
