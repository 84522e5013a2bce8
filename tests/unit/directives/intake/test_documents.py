"""Files of letters: what is read, and what is refused, with the process that takes them apart kept within its limits."""

import io
import time
import zipfile
from collections.abc import Callable

import docx
import pytest
from docx.document import Document as WordFile
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from services.directives.intake.documents import MAX_FILE, Document, read_document
from services.directives.intake.word_numbers import written
from shared.errors import RefusedError

SHOWN = "<w:pict><w:txbxContent><w:p><w:r><w:t>HỎA TỐC</w:t></w:r></w:p></w:txbxContent></w:pict>"
ALTERNATIVES = "xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'"
BOX = (
    f"<w:r {{0}} {ALTERNATIVES}><mc:AlternateContent><mc:Choice Requires='wps'>{SHOWN}</mc:Choice>"
    f"<mc:Fallback>{SHOWN}</mc:Fallback></mc:AlternateContent></w:r>"
)


def refusal(content: bytes, encoding: str | None = None) -> str:
    with pytest.raises(RefusedError) as caught:
        read_document(content, encoding=encoding)
    assert caught.value.reason_vi
    return caught.value.code


def saved(document: WordFile) -> bytes:
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def letter() -> WordFile:
    document = docx.Document()
    head = document.add_table(1, 2)
    head.cell(0, 0).text = "ỦY BAN NHÂN DÂN\nXÃ TÂN AN\nSố: 12/UBND-VX"
    head.cell(0, 1).text = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nTân An, ngày 5 tháng 4 năm 2021"
    document.add_paragraph("Phòng Kinh tế lập danh sách", style="List Number")
    document.add_paragraph("Phòng Văn hóa treo băng rôn", style="List Number")
    document.add_paragraph("Ghi chú", style="List Bullet")
    rows = document.add_table(2, 3)
    for at, words in enumerate(("TT", "Nội dung", "Chủ trì", "1", "Trồng cây", "Phòng Kinh tế")):
        rows.cell(at // 3, at % 3).text = words
    return document


def pdf(text: str | None, password: str | None = None) -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    stream = StreamObject()
    stream.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode() if text else b"0 0 100 100 re f")
    page[NameObject("/Contents")] = writer._add_object(stream)  # noqa: SLF001  the library has no way of its own to draw
    members = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font = DictionaryObject({NameObject(name): NameObject(value) for name, value in members.items()})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("Sở Y tế".encode(), None),
        ("\ufeffSở Y tế".encode(), None),
        ("\ufeffSở Y tế".encode("utf-16-le"), None),
        ("\ufeffSở Y tế".encode("utf-16-be"), None),
        ("S\u01a1\u0309 Y t\u00ea\u0301".encode("cp1258"), "windows-1258"),
    ],
)
def test_plain_text_is_read_by_its_mark_or_as_it_is_named(content: bytes, encoding: str | None) -> None:
    assert read_document(content, encoding=encoding).text in {"Sở Y tế", "S\u01a1\u0309 Y t\u00ea\u0301"}


def test_lines_end_as_a_page_ends_them_whoever_wrote_the_file() -> None:
    assert read_document("Kính gửi\r\nSở Y tế\rSở Nội vụ\n".encode()).text == "Kính gửi\nSở Y tế\nSở Nội vụ\n"


def test_an_encoding_is_never_guessed() -> None:
    assert refusal("S\u01a1\u0309 Y t\u00ea\u0301".encode("cp1258")) == "text-encoding"
    assert refusal(b"abc", encoding="koi8-r") == "text-encoding"


def test_a_word_file_is_read_in_its_order_with_automatic_numbers_and_tables() -> None:
    assert read_document(saved(letter())) == Document(
        "ỦY BAN NHÂN DÂN\nXÃ TÂN AN\nSố: 12/UBND-VX\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nTân An, ngày 5 tháng 4 năm 2021\n"
        "1. Phòng Kinh tế lập danh sách\n2. Phòng Văn hóa treo băng rôn\n- Ghi chú\nTT | Nội dung | Chủ trì\n1 | Trồng cây | Phòng Kinh tế",
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    )


def test_text_boxes_are_read_once() -> None:
    document = docx.Document()
    document.add_paragraph("Kính gửi")._p.append(parse_xml(BOX.format(nsdecls("w"))))  # noqa: SLF001  python-docx makes no text boxes
    assert read_document(saved(document)).text == "HỎA TỐC\nKính gửi"


def test_words_numbers_are_written_as_word_shows_them() -> None:
    counts = {"decimal": 3, "lowerLetter": 2, "upperLetter": 27, "upperRoman": 4, "lowerRoman": 9}
    assert [written(count, form) for form, count in counts.items()] == ["3", "b", "AA", "IV", "ix"]


def test_a_pdf_with_a_text_layer_is_read() -> None:
    assert read_document(pdf("So Y te bao cao")).text == "So Y te bao cao"


def test_a_scanned_page_is_refused_with_advice() -> None:
    assert refusal(pdf(None)) == "page-without-text"


def test_a_pdf_that_asks_for_a_password_is_refused() -> None:
    assert refusal(pdf("So Y te", password="x" * 8)) == "document-encrypted"


def archive(parts: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in parts.items():
            zipped.writestr(name, data)
    return content.getvalue()


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "file-empty"),
    "white space": (lambda: b" \n", "file-empty"),
    "more than 20 MiB": (lambda: b"x" * (MAX_FILE + 1), "file-too-large"),
    "more than 2 MiB of text": (lambda: b"x" * (2 * 1_048_576 + 1), "text-too-long"),
    "an old Word file": (lambda: b"\xd0\xcf\x11\xe0rest", "file-type-old"),
    "an image": (lambda: b"\x89PNG\r\n\x1a\n\x00", "file-type-unknown"),
    "text with U+0000": (lambda: b"text\x00text", "file-type-unknown"),
    "a broken archive": (lambda: b"PK\x03\x04no archive", "document-damaged"),
    "a broken PDF": (lambda: b"%PDF-1.7 no more", "document-damaged"),
    "a sheet": (lambda: archive({"xl/workbook.xml": b"<a/>"}), "file-type-unknown"),
    "a Word file without its parts": (lambda: archive({"word/document.xml": b"<a/>"}), "document-damaged"),
    "a bomb": (lambda: archive({"word/document.xml": b"0" * 101 * 1_048_576}), "archive-too-large"),
    "a bomb of many parts": (lambda: archive({f"{at}": b"" for at in range(2_001)}), "archive-too-large"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_files_that_are_no_letters_or_hostile_are_refused_by_name(what: str) -> None:
    content, code = REFUSED[what]
    assert refusal(content()) == code


@pytest.mark.parametrize(("count", "code"), [(12, "document-damaged"), (3, "file-empty")])
def test_entities_that_grow_are_not_unfolded(count: int, code: str) -> None:
    """The parser gives up where they would grow beyond its limit; those within it are passed over, so that nothing is left to read."""
    entities = "".join(f'<!ENTITY e{at} "{f"&e{at - 1};" * 10 if at else "x" * 100}">' for at in range(count))
    text = f"<w:document {nsdecls('w')}><w:body><w:p><w:r><w:t>&e{count - 1};</w:t></w:r></w:p></w:body></w:document>"
    body = f"<!DOCTYPE w:document [{entities}]>{text}"
    whole = zipfile.ZipFile(io.BytesIO(saved(letter())))
    parts = {name: whole.read(name) for name in whole.namelist()}
    assert refusal(archive({**parts, "word/document.xml": body.encode()})) == code


def test_a_file_that_takes_too_long_is_given_up() -> None:
    began = time.monotonic()
    with pytest.raises(RefusedError) as caught:
        read_document(saved(letter()), seconds=0.01)
    assert caught.value.code == "document-too-costly"
    assert time.monotonic() - began < 5
