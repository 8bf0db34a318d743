"""The Word document: real headings, tables that repeat their header, figures that lead on."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from kg.reports.assurance.packing import missing_office, moment, settled
from kg.reports.assurance.records import Figure, Name
from kg.reports.assurance.text import shortened, shown
from kg.reports.assurance.word_tables import figures_table, linked, listing_table, plain_table, run

try:
    from docx import Document
    from docx.enum.section import WD_ORIENT, WD_SECTION
    from docx.oxml import OxmlElement, parse_xml
    from docx.oxml.ns import nsdecls, qn
    from docx.shared import Cm, Pt, RGBColor
except ImportError as error:
    raise missing_office(error) from error

if TYPE_CHECKING:
    from kg.reports.assurance.records import Listing, Pack, Paragraph, Section

MOST_ROWS: Final = 100
"""Rows of a list that are printed; the workbook and the rows files hold all."""
_LONG, _SHORT, _MARGIN = Cm(29.7), Cm(21.0), Cm(2.0)
_PROPERTY: Final = 200
"""Characters of a property, which has room for 255."""
_INK: Final = RGBColor(0x1A, 0x1A, 0x1A)


def to_word(pack: Pack) -> bytes:
    """Return a report as a Word document, for a committee's papers."""
    document = Document()
    _properties(document, pack)
    _styles(document)
    _page(document.sections[0], pack, document.styles)
    writer = _Writer(document)
    document.add_paragraph(shown(pack.title), style="Title")
    document.add_paragraph(shown(pack.drawn), style="Subtitle")
    lists = [(section, listed) for section in pack.sections for listed in section.listings]
    writer.contents(pack, has_lists=bool(lists))
    numbers = {id(listed): number for number, (_, listed) in enumerate(lists, 1)}
    for section in pack.sections:
        writer.section(section, numbers)
    landscape = document.add_section(WD_SECTION.NEW_PAGE)
    landscape.orientation = WD_ORIENT.LANDSCAPE
    landscape.page_width, landscape.page_height = _LONG, _SHORT
    if lists:
        writer.heading("Annex A: the rows behind the figures", 1, "annex-a")
        for number, (_, listed) in enumerate(lists, 1):
            writer.listing(number, listed)
    writer.heading("Annex B: every figure, and how to count it again", 1, "annex-b")
    writer.figures(pack)
    stream = io.BytesIO()
    document.save(stream)
    return settled(stream.getvalue(), pack.date)


def _properties(document: Any, pack: Pack) -> None:  # noqa: ANN401 - the library's are untyped
    core = document.core_properties
    core.title = shortened(shown(pack.title), _PROPERTY)
    core.author, core.last_modified_by = "Policy lineage", ""
    core.language, core.comments = "en-GB", shortened(shown(pack.drawn), _PROPERTY)
    core.subject, core.keywords = (
        "Golden thread from national objectives to local work",
        "assurance",
    )
    core.created = core.modified = moment(pack.date)
    core.revision = 1


def _styles(document: Any) -> None:  # noqa: ANN401 - the library's are untyped
    """Choose fonts that are easily read, British English, and dark headings."""
    styles = document.styles
    for language in styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    _font(styles["Normal"], 11)
    styles["Normal"].paragraph_format.space_after = Pt(6)
    for name, size in (("Title", 24), ("Subtitle", 12), ("Heading 1", 16), ("Heading 2", 13)):
        _font(styles[name], size)
        styles[name].font.color.rgb = _INK
        styles[name].font.italic = False
    _font(styles["Caption"], 10)
    styles["Caption"].font.color.rgb = _INK
    styles["Caption"].paragraph_format.keep_with_next = True
    styles["Caption"].paragraph_format.space_before = Pt(8)
    small = styles.add_style("Table Text", 1)
    small.base_style = styles["Normal"]
    _font(small, 9)
    small.paragraph_format.space_before = small.paragraph_format.space_after = Pt(1.5)


def _font(style: Any, size: int) -> None:  # noqa: ANN401 - the library's are untyped
    style.font.name, style.font.size = "Arial", Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), "Arial")


def _page(section: Any, pack: Pack, styles: Any) -> None:  # noqa: ANN401 - the library's are untyped
    """Set A4, margins, and a footer with the release and the page."""
    section.page_width, section.page_height = _SHORT, _LONG
    section.left_margin = section.right_margin = _MARGIN
    section.top_margin = section.bottom_margin = _MARGIN
    footer = section.footer.paragraphs[0]
    footer.style = styles["Table Text"]
    footer.add_run(f"{shown(pack.title)} · {shown(pack.release)} · page ")
    _field(footer, "PAGE")
    footer.add_run(" of ")
    _field(footer, "NUMPAGES")


def _field(paragraph: Any, code: str) -> None:  # noqa: ANN401 - the library's are untyped
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    field.append(parse_xml(f"<w:r {nsdecls('w')}><w:t>1</w:t></w:r>"))
    paragraph._p.append(field)  # noqa: SLF001 - the library has no way to add a field


class _Writer:
    """A document that grows section by section."""

    def __init__(self, document: Any) -> None:  # noqa: ANN401 - the library's are untyped
        self._document = document
        self._marks = 0
        self._tables = 0

    def heading(self, title: str, level: int, mark: str) -> None:
        """Add a heading that can be led to."""
        self._mark(self._document.add_heading(shown(title), level), mark)

    def _mark(self, paragraph: Any, name: str) -> None:  # noqa: ANN401 - the library's are untyped
        self._marks += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        start.set(qn("w:id"), str(self._marks))
        start.set(qn("w:name"), name)
        end.set(qn("w:id"), str(self._marks))
        paragraph._p.insert(1, start)  # noqa: SLF001 - the library has no bookmarks
        paragraph._p.append(end)  # noqa: SLF001 - the library has no bookmarks

    def contents(self, pack: Pack, *, has_lists: bool) -> None:
        """List the sections, each leading to its heading."""
        self._document.add_heading("Contents", 1)
        entries = [(_mark_of(section), section.title) for section in pack.sections]
        if has_lists:
            entries.append(("annex-a", "Annex A: the rows behind the figures"))
        entries.append(("annex-b", "Annex B: every figure, and how to count it again"))
        for mark, title in entries:
            paragraph = self._document.add_paragraph(style="List Bullet")
            paragraph._p.append(parse_xml(linked(mark, title)))  # noqa: SLF001 - no links there

    def section(self, section: Section, numbers: dict[int, int]) -> None:
        """Add a section: its prose, its tables, and where its lists are."""
        self.heading(section.title, 1, _mark_of(section))
        for paragraph in section.paragraphs:
            self._prose(paragraph)
        for table in section.tables:
            self._caption(table.title)
            self._append(plain_table(table))
        for listed in section.listings:
            number = numbers[id(listed)]
            paragraph = self._document.add_paragraph("The rows: ")
            link = linked(f"list-{number}", f"List {number}. {listed.title}")
            paragraph._p.append(parse_xml(link))  # noqa: SLF001 - no links there
            paragraph.add_run(", in Annex A.")

    def _prose(self, paragraph: Paragraph) -> None:
        made = self._document.add_paragraph()
        for part in paragraph:
            if isinstance(part, Figure):
                made._p.append(parse_xml(run(f"{part.value}\u00a0")))  # noqa: SLF001 - see above
                made._p.append(parse_xml(linked(part.id, f"[{part.id}]")))  # noqa: SLF001 - see above
            else:
                made.add_run(shown(part.text if isinstance(part, Name) else part))

    def _caption(self, title: str) -> None:
        self._tables += 1
        self._document.add_paragraph(f"Table {self._tables}. {shown(title)}", style="Caption")

    def _append(self, xml: str) -> None:
        """Add a table before the end of the body, and a little room after it."""
        body = self._document.element.body
        body.insert_element_before(parse_xml(xml), "w:sectPr")
        self._document.add_paragraph(style="Table Text")

    def listing(self, number: int, listed: Listing) -> None:
        """Add a list, cut where it is long."""
        self.heading(f"List {number}. {listed.title}", 2, f"list-{number}")
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        total = listed.total
        paragraph._p.append(parse_xml(run(f"{total.value} ")))  # noqa: SLF001 - see above
        paragraph._p.append(parse_xml(linked(total.id, f"[{total.id}]")))  # noqa: SLF001 - see above
        cut = len(total.rows) > MOST_ROWS
        some = f"the first {MOST_ROWS} are printed here; " if cut else ""
        paragraph.add_run(f" in all; {some}the file {total.file} holds every row and column.")
        self._append(listing_table(listed, MOST_ROWS))

    def figures(self, pack: Pack) -> None:
        """Add the annex of figures; each row can be led to."""
        self._document.add_paragraph(
            "Each figure with its value, the command that answers its question, what is counted in "
            "the answer, and the file with the rows that were counted."
        )
        self._append(figures_table(pack, self._marks + 1))
        self._marks += len(pack.figures)


def _mark_of(section: Section) -> str:
    return f"section-{section.id}"
