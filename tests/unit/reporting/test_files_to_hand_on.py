"""The PDF, the table and the slides: what people wrote stays text, whole and readable, and the same facts are the
same bytes in every process, at every time.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from PIL import ImageFile
from pptx import Presentation
from pypdf import PdfReader

from services.reporting.documents import pdf
from services.reporting.documents.formats import file_in_words, file_name
from services.reporting.documents.office import BY
from services.reporting.documents.photos import as_data_uri
from services.reporting.documents.slide_text import LINE, Said, how_high, paged
from services.reporting.documents.spreadsheet import CUT
from tests.unit.reporting import a_pack as packs
from tests.unit.reporting.a_pack import a_finding, a_pack, files, recommendations, with_photo

ROOT = Path(__file__).resolve().parents[3]
PDF = "application/pdf"
ARABIC = "كان الناس ينظرون إليّ، ولم أعرف أين أذهب."


def book(*changes: dict[str, Any]) -> list[Worksheet]:
    """The sheets of a table of such recommendations."""
    return list(load_workbook(io.BytesIO(files(recommendations(*changes))["xlsx"])).worksheets)


def slides(content: dict[str, Any]) -> Any:
    """The slides of a pack."""
    return list(Presentation(io.BytesIO(files(content)["pptx"])).slides)


def test_another_process_with_another_clock_makes_the_same_bytes() -> None:
    # Another zone of time and another order of sets; the second of the day is another one anyhow.
    elsewhere = os.environ | {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)}
    program = [sys.executable, "-m", "tests.unit.reporting.a_pack"]
    run = subprocess.run(program, cwd=ROOT, env=elsewhere, capture_output=True, text=True, check=True)
    here = packs.hashes()
    assert {name.rpartition(".")[2] for name in here} == {"html", "pdf", "pptx", "xlsx", "json"}
    assert json.loads(run.stdout) == here


@pytest.mark.parametrize(("content", "ending"), [(a_pack(), "pptx"), (recommendations({}), "xlsx")])
def test_no_clock_and_nobody_is_in_the_properties(content: dict[str, Any], ending: str) -> None:
    with zipfile.ZipFile(io.BytesIO(files(content)[ending])) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        about = package.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", about)) == {"2026-11-02T23:30:00Z"}
    assert re.findall(r"<(?:dc:creator|cp:lastModifiedBy)[^>]*>([^<]*)<", about) == [BY, BY]


def test_the_pdf_is_tagged_and_says_what_it_is() -> None:
    read = PdfReader(io.BytesIO(files(a_pack(red=[with_photo(a_finding())]))["pdf"]))
    root: Any = read.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("en-GB", True)
    assert b'part="1"' in root["/Metadata"].get_data() or b"pdfuaid:part" in root["/Metadata"].get_data()
    about = read.metadata
    assert about is not None
    assert (about.title, about.author) == ("What volunteers found: Seaside, first round, version 2", BY)
    assert "Page 1 of" in read.pages[0].extract_text()
    assert "What volunteers found: Seaside, first round, Version 2" in read.pages[-1].extract_text()


def test_a_table_in_a_pdf_has_no_heading_in_its_corner() -> None:
    for content in (a_pack(), recommendations({})):
        page = files(content)["html"].decode()
        assert "<table" in page
        assert not re.search(r"<tr><th[^>]*>[^<]*</th><th", page)


def test_arabic_and_very_long_words_stay_on_the_page() -> None:
    read = PdfReader(io.BytesIO(files(a_pack(red=[a_finding(quotes=[ARABIC, "W" * 300])]))["pdf"]))
    text = "".join(page.extract_text() for page in read.pages)
    assert text.count("W") >= 300
    assert max(line.count("W") for line in text.splitlines()) < 60  # so many are as wide as the page
    assert 'dir="rtl"' in files(a_pack(red=[a_finding(quotes=[ARABIC])]))["html"].decode()


def test_a_page_fetches_nothing(tmp_path: Path) -> None:
    there = tmp_path / "there.jpg"
    there.write_bytes(packs.a_picture())
    inside = as_data_uri(packs.a_picture())
    page = '<html lang="en"><title>x</title><img alt="x" src="{}">'
    assert b"/Image" in pdf.as_pdf(page.format(inside).encode())
    assert b"/Image" not in pdf.as_pdf(page.format(there.as_uri()).encode())


def test_a_photo_that_breaks_off_is_still_found_out_where_files_were_drawn() -> None:
    pdf.as_pdf(b"<!doctype html><html lang='en'><title>A page</title><p>A line.")
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_without_pango_all_else_is_made_and_it_is_said_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pdf._say_once.cache_clear()
    monkeypatch.setitem(sys.modules, "weasyprint", None)  # an import of it fails
    for _ in range(2):
        assert set(files(a_pack())) == {"html", "pptx", "json"}
    said = capsys.readouterr()
    assert (said.out + said.err).count(pdf.DEBIAN_PACKAGES) == 1
    assert "one format" not in said.out + said.err  # it is no error either
    monkeypatch.undo()
    assert "pdf" in files(a_pack())


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x","y")', "+1", "-1+1", "@SUM(A1)", "#N/A", "12", "\t=1"])
def test_what_people_wrote_is_never_a_formula(text: str) -> None:
    page = book({"title": text, "why": text})[0]
    for cell in (page["A2"], page["B2"]):
        assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", text, True)


def test_a_table_holds_whatever_was_written() -> None:
    page = book({"title": "A\x00bell\x07 and \ufffe", "why": "🙂" * 40_000, "owner_post": "Front\x0bdesk"})[0]
    assert (page["A2"].value, page["D2"].value) == ("Abell and ", "Frontdesk")
    assert len(page["B2"].value.encode("utf-16-le")) // 2 < 32_767
    assert page["B2"].value.endswith(CUT)


def test_the_table_is_made_to_be_worked_with() -> None:
    page, history, counts = book({}, {"title": "Say hello"})
    head = {cell.value: cell.column_letter for cell in page[1]}
    assert page[head["Answer due by"] + "2"].value == datetime(2026, 7, 21)  # a date that can be sorted
    assert page[head["To be done by"] + "2"].value is None
    assert page[head["Said on"] + "2"].value.date() == date(2026, 7, 5)
    assert page[head["The last word"] + "2"].value == "We began."
    assert page[head["What shows it"] + "2"].value == "Policy: The welcome was rewritten."
    assert page[head["Who looks after it"] + "2"].value == "Nobody yet"
    assert page[head["Cost"] + "2"].value == "Under £100"
    assert (page.freeze_panes, page.auto_filter.ref, page.print_title_rows) == ("B2", "A1:J3", "$1:$1")
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert all(cell.alignment.wrap_text for cell in page[2])
    assert [[cell.value for cell in row[2:5]] for row in history.iter_rows(min_row=2, max_row=3)] == [
        ["The exercise lead", "Waiting for an answer", None],
        ["The partner's manager", "Being done", "We began."],
    ]
    assert counts["B2"].value == 2


def test_once_closed_the_table_holds_totals_alone() -> None:
    (counts,) = book()
    assert [[cell.value for cell in row] for row in counts.iter_rows(min_row=2)] == [["Checked by volunteers", 3]]


def test_slides_begin_with_what_is_good_and_each_has_a_title() -> None:
    quotes = ["One.", "Two.", "Three."]
    pack = a_pack(
        keep=[a_finding("strength", prompt="Was there a view?")],
        red=[a_finding(quotes=quotes), a_finding(prompt="Long ago?", state="resolved")],
        amber=[a_finding("amber", prompt="Was it loud?")],
    )
    made = slides(pack)
    assert [slide.shapes.title.text for slide in made] == [
        "What volunteers found",
        "Harbour House",
        "What is good and should stay",
        "⚑ Red flag: Could you see the way out?",
        "Red flags that were put right",
        "Amber flags that are open",
        "Round 1: what got to people, part by part",
        "What this is not",
    ]
    flag = " ".join(shape.text_frame.text for shape in made[3].shapes)
    assert "“One.”" in flag
    assert "“Two.”" in flag
    assert "Three" not in flag
    for slide in made:
        assert slide.shapes[0] == slide.shapes.title  # read aloud first
    (table,) = [shape for shape in made[6].shapes if shape.has_table]
    assert [cell.text for cell in table.table.rows[1].cells] == [
        "Where you wait",
        "calm",
        "1 of 9 (11.1%)",
        "not shown",
        "0",
    ]
    assert "part by part" in table._element.xpath(".//p:cNvPr")[0].get("descr")


def test_what_helped_and_is_gone_is_not_called_put_right() -> None:
    pack = a_pack(keep=[a_finding("strength", state="resolved")])
    on_slides = " ".join(
        shape.text_frame.text for slide in slides(pack) for shape in slide.shapes if shape.has_text_frame
    )
    for told in (files(pack)["html"].decode(), on_slides):
        assert "not there the last time" in told
        assert "put right" not in told


def test_a_photo_on_a_slide_is_told_in_words() -> None:
    made = slides(a_pack(red=[with_photo(a_finding())]))
    (picture,) = [shape for slide in made for shape in slide.shapes if shape.shape_type == 13]
    assert picture._element.xpath(".//p:cNvPr")[0].get("descr") == (
        "Photo: Where you wait, with 2 numbered marks: 1 ▲ got to me, strength 2 of 3: One step from the chairs.; "
        "2 ● helped me, strength 1 of 3: A plant."
    )


def test_long_words_go_on_on_a_further_slide_and_nothing_is_lost() -> None:
    words = [f"word{number}" for number in range(900)]
    red = with_photo(a_finding(prompt="Very long. " * 40, quotes=[" ".join(words), "文" * 700, "x\x07" * 900]))
    made = slides(a_pack(red=[red]))
    text = " ".join(shape.text_frame.text for slide in made for shape in slide.shapes if shape.has_text_frame)
    assert re.findall(r"word\d+", text) == words
    assert text.count("文") == 700
    for slide in made:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert (shape.left + shape.width) <= 960 * 12700 + 1
            assert (shape.top + shape.height) <= 540 * 12700 + 1
            if shape.has_text_frame and shape.name == "Words":
                high = sum(
                    how_high(part.text, int(part.runs[0].font.size.pt), shape.width / 12700 - 8) + part.space_after.pt
                    for part in shape.text_frame.paragraphs
                )
                assert high <= shape.height / 12700 + 20
    sizes = [
        run.font.size.pt
        for slide in made
        for shape in slide.shapes
        if shape.has_text_frame
        for part in shape.text_frame.paragraphs
        for run in part.runs
    ]
    assert min(sizes) >= 12


def test_a_heading_is_not_parted_from_what_it_leads() -> None:
    said = [Said("a", 20), Said("b", 20), Said("Heading", 20, leads=True), Said("what follows", 20)]
    three = 3 * (20 * LINE + 10)
    assert [[one.text for one in page] for page in paged(said, 400, three)] == [["a", "b"], ["Heading", "what follows"]]
    assert paged([], 400, 100) == [[]]


def test_files_have_plain_names_and_say_what_they_are() -> None:
    assert file_name("findings-pack", 2, "pdf") == "what-volunteers-found-version-2.pdf"
    assert file_name("recommendations", 12, "xlsx") == "recommendations-version-12.xlsx"
    assert file_in_words(PDF, 209_600) == "To print or send (PDF, 210\u00a0KB)"
    assert file_in_words("text/html", 1_240_000) == "To read (web page, 1.2\u00a0MB)"
    assert file_in_words("application/json", 20) == "For programs (JSON, 1\u00a0KB)"
