"""Draws the few things that our slides are made of: a title on every one, words, a photo with its words for those who
do not see it, a table, and a line at the foot.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from services.reporting.documents.direction import direction
from services.reporting.documents.office import BY, as_xml_allows
from services.reporting.documents.slide_text import Said

if TYPE_CHECKING:
    from pptx.slide import Slide
    from pptx.text.text import TextFrame

WIDE, HIGH, EDGE = 960.0, 540.0, 48.0
"""A slide of 16 to 9, in points, and the empty edge to its left and right."""
ACROSS = WIDE - 2 * EDGE
TITLE_TOP, TITLE_HIGH, TOP, BOTTOM = 22.0, 90.0, 122.0, 494.0
INK, SOFT, PAPER, ACCENT, LINE = "2B2620", "5A5248", "F6F1E7", "1F4D45", "D8CDB8"
_SERIF, _SANS = "Georgia", "Calibri"
_TITLE_ONLY = 5
"""Of the layouts in the library's own template."""


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a slide, in points."""

    left: float
    top: float
    width: float
    height: float


class Slides:
    """A set of slides that is being drawn. `foot` stands on each of them."""

    def __init__(self, title: str, foot: str) -> None:
        from pptx import Presentation
        from pptx.util import Pt

        self._pt = Pt
        self._show = Presentation()
        self._widen()
        self._foot = foot
        about = self._show.core_properties
        about.title, about.language = as_xml_allows(title)[:255], "en-GB"
        about.author = about.last_modified_by = BY
        about.comments = about.keywords = about.subject = about.category = ""
        about.revision = 1

    def slide(self, title: str, *, colour: str = ACCENT, size: int = 30, front: bool = False) -> Slide:
        """A further slide with its title, which is read aloud first."""
        slide = self._show.slides.add_slide(self._show.slide_layouts[_TITLE_ONLY])
        slide.background.fill.solid()
        slide.background.fill.fore_color.rgb = _rgb(ACCENT if front else PAPER)
        shape = slide.shapes.title
        box = Box(EDGE, 150, ACROSS, 150) if front else Box(EDGE, TITLE_TOP, ACROSS, TITLE_HIGH)
        self._place(shape, box)
        said = Said(title, size, bold=True, colour="FFFCF5" if front else colour)
        self._write(shape.text_frame, [said], font=_SERIF, low=True)
        return slide

    def words(self, slide: Slide, said: Sequence[Said], box: Box) -> None:
        """Paragraphs in a box of their own."""
        pt = self._pt
        shape = slide.shapes.add_textbox(pt(box.left), pt(box.top), pt(box.width), pt(box.height))
        shape.name = "Words"
        self._write(shape.text_frame, said)

    def picture(self, slide: Slide, jpeg: bytes, told: str, box: Box) -> None:
        """A photo, as large as the box allows. `told` says what is on it."""
        shape = slide.shapes.add_picture(io.BytesIO(jpeg), self._pt(box.left), self._pt(box.top))
        by = min(self._pt(box.width) / shape.width, self._pt(box.height) / shape.height)
        shape.width, shape.height = int(shape.width * by), int(shape.height * by)
        _tell(shape, "Photo", told)

    def table(
        self, slide: Slide, rows: Sequence[Sequence[str]], widths: Sequence[float], told: str, top: float
    ) -> None:
        """A table whose first row and first column are headings. `widths` are parts of the whole."""
        pt = self._pt
        shape = slide.shapes.add_table(len(rows), len(widths), pt(EDGE), pt(top), pt(ACROSS), pt(34 * len(rows)))
        _tell(shape, "Table", told)
        table = shape.table
        table.first_col, table.horz_banding = True, False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = int(pt(ACROSS) * width / sum(widths))
        for at, row in enumerate(rows):
            for number, text in enumerate(row):
                cell = table.cell(at, number)
                cell.fill.solid()
                cell.fill.fore_color.rgb = _rgb(ACCENT if at == 0 else "FFFCF5")
                said = Said(text, 16, bold=at == 0 or number == 0, colour="FFFCF5" if at == 0 else INK)
                self._write(cell.text_frame, [said])

    def finished(self) -> bytes:
        """The file, with the foot and its number on every slide."""
        slides = list(self._show.slides)
        for number, slide in enumerate(slides, 1):
            colour = LINE if number == 1 else SOFT
            foot = Said(f"{self._foot} · slide {number} of {len(slides)}", 12, colour=colour)
            self.words(slide, [foot], Box(EDGE, BOTTOM + 12, ACROSS, 24))
        out = io.BytesIO()
        self._show.save(out)
        return out.getvalue()

    def _widen(self) -> None:
        """Make the library's template, which is 4 to 3, fit: somebody may add a slide of their own."""
        master = self._show.slide_master
        by = int(self._pt(WIDE)) / self._show.slide_width
        for shape in [*master.shapes, *(shape for layout in master.slide_layouts for shape in layout.shapes)]:
            if shape._element.xpath("./p:spPr/a:xfrm"):
                shape.left, shape.width = int(shape.left * by), int(shape.width * by)
        self._show.slide_width, self._show.slide_height = self._pt(WIDE), self._pt(HIGH)

    def _place(self, shape: Any, box: Box) -> None:
        pt = self._pt
        shape.left, shape.top, shape.width, shape.height = pt(box.left), pt(box.top), pt(box.width), pt(box.height)

    def _write(self, frame: TextFrame, said: Sequence[Said], *, font: str = _SANS, low: bool = False) -> None:
        from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN

        frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
        frame.vertical_anchor = MSO_ANCHOR.BOTTOM if low else MSO_ANCHOR.TOP
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = self._pt(4)
        for number, one in enumerate(said):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            text = as_xml_allows(one.text)
            paragraph.alignment = PP_ALIGN.LEFT
            paragraph.space_after = self._pt(one.gap)
            if direction(text) == "rtl":
                paragraph.alignment = PP_ALIGN.RIGHT
                paragraph._p.get_or_add_pPr().set("rtl", "1")
            for line_number, line in enumerate(text.splitlines() or [""]):
                if line_number:
                    paragraph.add_line_break()
                run = paragraph.add_run()
                run.text = line
                run.font.size, run.font.bold, run.font.italic = self._pt(one.size), one.bold, one.quote
                run.font.name, run.font.color.rgb = font, _rgb(one.colour)
                run._r.get_or_add_rPr().set("lang", "en-GB")


def _tell(shape: Any, name: str, told: str) -> None:
    shape.name = name
    shape._element.xpath(".//p:cNvPr")[0].set("descr", as_xml_allows(told))


def _rgb(colour: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(colour)
