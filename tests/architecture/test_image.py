"""What the image installs is all of the program: no migration, template or picture stays behind in the tree."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from services.reporting.documents.pdf import DEBIAN_PACKAGES

ROOT = Path(__file__).resolve().parents[2]
WHAT_IS_COPIED = ("services", "shared", "deploy/requirements", "pyproject.toml", "README.md")
"""By deploy/Dockerfile, which the first test holds to it."""


def test_the_dockerfile_copies_what_is_built_here() -> None:
    copied = set()
    for line in (ROOT / "deploy/Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            copied |= set(line.split()[1:-1])
    assert copied - {"deploy/requirements/scale.lock"} == set(WHAT_IS_COPIED)


def test_the_image_has_what_pdf_files_are_drawn_with() -> None:
    """The final stage installs the packages that the code, the guide and the tests name, and leaves no lists behind."""
    last = (ROOT / "deploy/Dockerfile").read_text().split("\nFROM ")[-1]
    run = next(one for one in last.replace("\\\n", "").split("\n") if "apt-get install" in one)
    assert set(DEBIAN_PACKAGES.split()) <= set(run.split())
    assert "rm -rf /var/lib/apt/lists/*" in run
    assert DEBIAN_PACKAGES in (ROOT / "docs/operator.md").read_text()
    assert f'"{DEBIAN_PACKAGES}"' in (ROOT / "deploy/need-pango").read_text()


@pytest.mark.slow
def test_everything_in_the_tree_is_in_the_package(tmp_path: Path) -> None:
    tree, built = tmp_path / "tree", tmp_path / "built"
    for name in WHAT_IS_COPIED:
        source, target = ROOT / name, tree / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--disable-pip-version-check", "--no-index", "--no-deps"]
    done = subprocess.run(
        [*command, "--no-build-isolation", "-w", str(built), str(tree)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = built.iterdir()
    packed = set(zipfile.ZipFile(wheel).namelist())
    here = {
        path.relative_to(tree).as_posix()
        for folder in ("services", "shared")
        for path in (tree / folder).rglob("*")
        if path.is_file()
    }
    assert sorted(here - packed) == []
