"""Text of PDFs, page by page, from their text layer."""

import io
from typing import Final

from pypdf import PageObject, PasswordType, PdfReader
from pypdf.errors import PdfReadError

from services.directives.intake.parsed import MAX_TEXT, NoTextError

MAX_PAGES: Final = 400


def text_of_pdf(content: bytes) -> str:
    """Return the text of all pages; raises NoTextError where there is none to be had."""
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        _open(reader)
    if len(reader.pages) > MAX_PAGES:
        raise NoTextError("document-too-costly")
    pages: list[str] = []
    for page in reader.pages:
        pages.append(_text(page))
        if sum(map(len, pages)) > MAX_TEXT:
            raise NoTextError("text-too-long")
    return "\n".join(pages)


def _open(reader: PdfReader) -> None:
    """Open a file that only forbids printing or copying; one that asks for a password stays shut."""
    try:
        is_open = reader.decrypt("") is not PasswordType.NOT_DECRYPTED
    except (PdfReadError, NotImplementedError) as error:
        raise NoTextError("document-encrypted") from error
    if not is_open:
        raise NoTextError("document-encrypted")


def _text(page: PageObject) -> str:
    text = page.extract_text()
    if text.strip():
        return text
    contents = page.get_contents()
    if contents is not None and contents.get_data().strip():
        raise NoTextError("page-without-text")
    return ""
