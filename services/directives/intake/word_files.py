"""Text of Word files: paragraphs with their automatic numbers, tables, and text boxes, in the order of the document."""

import io
import zipfile
from collections.abc import Iterator
from typing import Final

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from services.directives.intake.flow import fold
from services.directives.intake.parsed import NoTextError
from services.directives.intake.word_numbers import Numbers

MAX_UNPACKED: Final = 100 * 1_048_576
MAX_PARTS: Final = 2_000
MAX_DEPTH: Final = 4
MAX_CELLS: Final = 20_000
_ENCRYPTED: Final = 0x1
_COLUMNS_OF_A_HEAD: Final = 2


def text_of_docx(content: bytes) -> str:
    """Return the text; raises NoTextError for what is no Word file or unpacks to too much."""
    _look_inside(content)
    document = docx.Document(io.BytesIO(content))
    return "\n".join(_lines(document))


def _look_inside(content: bytes) -> None:
    """Judge the archive by its directory, before anything in it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise NoTextError("document-damaged") from error
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise NoTextError("archive-too-large")
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise NoTextError("document-encrypted")
    if not any(part.filename == "word/document.xml" for part in parts):
        raise NoTextError("file-type-unknown")


def _lines(document: Document) -> Iterator[str]:
    numbers = Numbers(document)
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            yield from _of_paragraph(block, numbers)
        else:
            yield from _of_table(block, numbers, 0)


def _of_paragraph(paragraph: Paragraph, numbers: Numbers) -> Iterator[str]:
    yield from _of_boxes(paragraph)
    text = paragraph.text
    yield f"{numbers.next(paragraph)}{text}" if text.strip() else ""


def _of_boxes(paragraph: Paragraph) -> Iterator[str]:
    """Give the text of boxes that are anchored here; Word keeps each twice, for older readers too."""
    for box in paragraph._p.iter(qn("w:txbxContent")):  # noqa: SLF001  the library has no name of its own for text boxes
        if any(above.tag.endswith("}Fallback") for above in box.iterancestors()):
            continue
        for inner in box.iter(qn("w:p")):
            text = "".join(piece.text or "" for piece in inner.iter(qn("w:t")))
            if text.strip():
                yield text


def _of_table(table: Table, numbers: Numbers, depth: int) -> Iterator[str]:
    if depth > MAX_DEPTH:
        return
    if len(table._cells) > MAX_CELLS:  # noqa: SLF001  counted once by the library
        raise NoTextError("document-too-costly")
    rows = [_distinct(row.cells) for row in table.rows]
    if max((len(row) for row in rows), default=0) <= _COLUMNS_OF_A_HEAD and not _has_head_of_rows(rows):
        for row in rows:
            for cell in row:
                yield from _of_cell(cell, numbers, depth)
        return
    for row in rows:
        yield " | ".join(" ".join(" ".join(_of_cell(cell, numbers, depth)).split()) if cell else "" for cell in row)


def _has_head_of_rows(rows: list[list["_Cell | None"]]) -> bool:
    return bool(rows) and bool(rows[0]) and rows[0][0] is not None and fold(rows[0][0].text) in {"tt", "stt"}


def _distinct(cells: tuple[_Cell, ...]) -> list["_Cell | None"]:
    """Return a row's cells, with a cell that goes over several columns once, and nothing in the others."""
    return [None if at and cell._tc is cells[at - 1]._tc else cell for at, cell in enumerate(cells)]  # noqa: SLF001  its identity


def _of_cell(cell: "_Cell | None", numbers: Numbers, depth: int) -> Iterator[str]:
    if cell is None:
        return
    for block in cell.iter_inner_content():
        if isinstance(block, Paragraph):
            yield from _of_paragraph(block, numbers)
        else:
            yield from _of_table(block, numbers, depth + 1)
