"""Files into text: plain text, .docx, and .pdf with a text layer; what is none of these, or would cost too much, is refused by name.

Word files and PDFs are taken apart in a process of their own (`parsing`), with limits on its time, memory and output: a file that was made
to harm ends that process and nothing else.
"""

import codecs
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

import msgspec

import services
from services.directives.intake.parsed import MAX_TEXT, Answer
from shared.errors import RefusedError

MAX_FILE: Final = 20 * 1_048_576
"""How many bytes a file has at most."""
SECONDS: Final = 45
"""How long the process may take on the clock; of the processor it gets less (`parsing.CPU_SECONDS`)."""

TEXT: Final = "text/plain"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF: Final = "application/pdf"

Kind = Literal["text", "docx", "pdf"]

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OLD_WORD: Final = b"\xd0\xcf\x11\xe0"
_CONTROLS: Final = frozenset(map(chr, range(32))) - set("\t\n\r\f\v")

REFUSALS: Final[Mapping[str, tuple[str, str]]] = {
    "file-empty": ("there is nothing in the file", "Tệp không có nội dung."),
    "file-too-large": (f"the file has more than {MAX_FILE} bytes", "Tệp lớn quá 20 MiB."),
    "file-type-unknown": ("the file is neither text nor .docx nor .pdf", "Chỉ nhận tệp .txt, .docx hoặc .pdf có lớp chữ."),
    "file-type-old": ("the file is in Word's old format", "Tệp Word dạng cũ (.doc): mở bằng Word và lưu lại dạng .docx."),
    "text-encoding": (
        "the text is not UTF-8; name its encoding (charset=windows-1258) or save it as UTF-8",
        "Không rõ bảng mã của tệp chữ: lưu lại dạng UTF-8, hoặc nêu rõ bảng mã windows-1258.",
    ),
    "text-too-long": (f"the text has more than {MAX_TEXT} bytes", "Nội dung chữ dài quá 2 MiB."),
    "document-damaged": ("the file cannot be read", "Tệp hỏng, không đọc được."),
    "document-encrypted": ("the file asks for a password", "Tệp có mật khẩu: bỏ mật khẩu rồi gửi lại."),
    "document-too-costly": ("reading the file takes too much time or memory", "Tệp quá phức tạp, không đọc được trong giới hạn cho phép."),
    "archive-too-large": ("the file unpacks to too much", "Tệp nén bung ra quá lớn."),
    "page-without-text": ("a page has no text layer", "Bản quét, cần lớp chữ: có trang không có chữ; nhận dạng chữ (OCR) rồi gửi lại."),
}


class Document(msgspec.Struct, frozen=True):
    """The text of a file, and what kind of file it was."""

    text: str
    kind: Kind
    media_type: str


def refused(code: str) -> RefusedError:
    """Return the error for a file, with its reasons."""
    return RefusedError(code, *REFUSALS[code])


def read_document(content: bytes, *, encoding: str | None = None, seconds: float = SECONDS) -> Document:
    """Return the text of a file, by what it holds and not by what it is called; blocks while another process takes it apart.

    `encoding` is the one that the sender names for plain text. Raises RefusedError with a code of `REFUSALS`.
    """
    if not content:
        raise refused("file-empty")
    if len(content) > MAX_FILE:
        raise refused("file-too-large")
    kind = kind_of(content)
    text = decoded(content, encoding) if kind == "text" else _parsed(kind, content, seconds)
    # A page knows LF alone (HTML, section 13.2.3.5): passages marked there, and spans, are to count the same characters.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise refused("file-empty" if kind != "pdf" else "page-without-text")
    return Document(text, kind, {"text": TEXT, "docx": DOCX, "pdf": PDF}[kind])


def kind_of(content: bytes) -> Kind:
    """Return what kind of file this is, by its first bytes."""
    if content.startswith(b"PK\x03\x04"):
        return "docx"
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(_OLD_WORD):
        raise refused("file-type-old")
    return "text"


def decoded(content: bytes, encoding: str | None = None) -> str:
    """Return plain text: by its byte order mark, else as named, else as UTF-8; nothing is guessed."""
    mark, named = next(((mark, name) for mark, name in _MARKS if content.startswith(mark)), (b"", encoding or "utf-8"))
    try:
        text = content[len(mark) :].decode(_codec(named))
    except UnicodeDecodeError as error:
        raise refused("text-encoding" if _is_texty(content) else "file-type-unknown") from error
    if not _CONTROLS.isdisjoint(text):
        raise refused("file-type-unknown")
    if len(text.encode()) > MAX_TEXT:
        raise refused("text-too-long")
    return text


def _codec(name: str) -> str:
    known = {"utf-8": "utf-8", "utf8": "utf-8", "windows-1258": "cp1258", "cp1258": "cp1258"}
    known |= {name: name for _, name in _MARKS}
    if name.lower() not in known:
        raise refused("text-encoding")
    return known[name.lower()]


def _is_texty(content: bytes) -> bool:
    """Tell whether bytes may be text of another encoding: they hold no control characters."""
    return all(byte >= ord(" ") or byte in b"\t\n\r\f\v" for byte in content[:4096])


def _parsed(kind: Kind, content: bytes, seconds: float) -> str:
    root = str(Path(services.__file__).resolve().parent.parent)
    command = [sys.executable, "-s", "-B", "-m", "services.directives.intake.parsing", kind]
    try:
        done = subprocess.run(  # noqa: S603  our own module, arguments of our own
            command, input=content, capture_output=True, timeout=seconds, check=False, env={"PYTHONPATH": root, "PYTHONUTF8": "1"}
        )
    except subprocess.TimeoutExpired as error:
        raise refused("document-too-costly") from error
    answer = _answer(done)
    if answer.code is not None:
        raise refused(answer.code if answer.code in REFUSALS else "document-damaged")
    return answer.text


def _answer(done: subprocess.CompletedProcess[bytes]) -> Answer:
    """Return what the process said; one that was ended by a limit said nothing."""
    try:
        return msgspec.json.decode(done.stdout, type=Answer)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Answer(code="document-too-costly" if done.returncode else "document-damaged")
