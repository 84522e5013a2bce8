"""What has to be asked of an operator: stable codes and their Vietnamese texts."""

from typing import Final, Literal

import msgspec

from services.directives.intake.flow import Span
from services.directives.intake.matching import Candidate

Code = Literal[
    "number-blank", "date-blank", "issuer-unclear", "symbol-missing", "type-unclear", "subject-missing", "several-documents",
    "state-secret",
    "deadline-missing", "deadline-by-reference", "deadline-unreadable", "lead-missing", "lead-collective", "lead-several", "unit-unknown",
]  # fmt: skip

TEXTS: Final[dict[Code, str]] = {
    "number-blank": "Văn bản chưa có số. Nhập số, hoặc để trống nếu là bản thảo.",
    "date-blank": "Chưa rõ ngày ban hành. Nhập ngày, hoặc để trống nếu là bản thảo.",
    "issuer-unclear": "Chưa rõ cơ quan ban hành.",
    "symbol-missing": "Chưa rõ ký hiệu của văn bản.",
    "type-unclear": "Chưa rõ loại văn bản.",
    "subject-missing": "Chưa rõ trích yếu.",
    "several-documents": "Tệp có nhiều văn bản; chỉ đọc phần đầu của văn bản thứ nhất. Tách từng văn bản thành một tệp.",
    "state-secret": "Văn bản có dấu chỉ độ mật. Bí mật nhà nước không được đưa vào hệ thống này; tệp và nội dung không được lưu.",
    "deadline-missing": "Nhiệm vụ {number} không ghi thời hạn. Nhập thời hạn, hoặc xác nhận không hạn.",
    "deadline-by-reference": "Thời hạn “{value}” của nhiệm vụ {number} không nêu ngày. Nhập thời hạn nếu đã rõ.",
    "deadline-unreadable": "Thời hạn “{value}” của nhiệm vụ {number} có chữ không rõ. Nhập lại thời hạn.",
    "lead-missing": "Nhiệm vụ {number} không ghi đơn vị chủ trì. Chọn đơn vị chủ trì.",
    "lead-collective": "“{value}” của nhiệm vụ {number} là nhiều đơn vị. Chọn các đơn vị, mỗi đơn vị một nhiệm vụ.",
    "lead-several": (
        "Nhiệm vụ {number} giao nhiều đơn vị: {value}. Chọn một đơn vị chủ trì (các đơn vị khác phối hợp), hoặc giao riêng từng đơn vị."
    ),
    "unit-unknown": "“{value}” chưa khớp với đơn vị nào đã đăng ký. Chọn đơn vị.",
}


class Question(msgspec.Struct, frozen=True):
    """A question to the operator; `about` is a pointer into what `dondoc intake --json` prints, and the key of its answer.

    Where it `is_required`, facts are left out, or not whole, until it is answered.
    """

    about: str
    span: Span | None
    text: str
    code: Code
    is_required: bool = False
    candidates: tuple[Candidate, ...] = ()


def ask(
    code: Code, about: str, span: Span | None = None, *, is_required: bool = False, candidates: tuple[Candidate, ...] = (), **named: str
) -> Question:
    """Return a question with its text."""
    return Question(about, span, TEXTS[code].format(**named), code, is_required, candidates)
