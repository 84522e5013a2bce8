"""A process that takes one Word file or PDF apart: its argument is docx or pdf, the file comes on stdin, the answer goes to stdout."""

import logging
import resource
import sys
from typing import Final

import msgspec

from services.directives.intake.parsed import MAX_TEXT, Answer, NoTextError

CPU_SECONDS: Final = 20
MEMORY: Final = 1 << 30
OPEN_FILES: Final = 64


def limit() -> None:
    """Take from this process what it must not use: time, memory, files to write, other processes."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))


def take_apart(kind: str, content: bytes) -> Answer:
    """Return the text of a file; whatever is wrong with it becomes a code."""
    try:
        text = _text_of(kind, content)
    except NoTextError as error:
        return Answer(code=error.code)
    except (MemoryError, RecursionError):
        return Answer(code="document-too-costly")
    except Exception:  # noqa: BLE001  a library may raise anything on what was made to break it; this process holds nothing but the file
        return Answer(code="document-damaged")
    if len(text.encode("utf-8", "replace")) > MAX_TEXT:
        return Answer(code="text-too-long")
    return Answer(text.encode("utf-8", "replace").decode().replace("\0", ""))


def _text_of(kind: str, content: bytes) -> str:
    # Each library is loaded for its own kind only: loading takes longer than reading.
    if kind == "docx":
        from services.directives.intake.word_files import text_of_docx  # noqa: PLC0415

        return text_of_docx(content)
    from services.directives.intake.pdf_files import text_of_pdf  # noqa: PLC0415

    return text_of_pdf(content)


def main() -> None:
    """Read the file and answer."""
    logging.disable()
    content = sys.stdin.buffer.read()
    limit()
    sys.stdout.buffer.write(msgspec.json.encode(take_apart(sys.argv[1], content)))


if __name__ == "__main__":
    main()
