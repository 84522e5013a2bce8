"""Why a fact is refused: stable codes, with a reason for publishers in English and for officials in Vietnamese."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.contracts.verdicts import FieldProblem
from shared.errors import RefusedError

REASONS: Mapping[str, tuple[str, str]] = MappingProxyType({
    "malformed": ("the record is not a fact that can be read: {why}", "bản ghi không đọc được: {why}"),
    "not-a-fact": ("publishers do not send events of the type {type}", "loại sự kiện {type} không phải do đơn vị gửi"),
    "id-reused": (
        "this source has already sent another fact with the id {id}; a corrected fact needs an id of its own",
        "nguồn gửi đã dùng mã {id} cho một sự kiện khác; sự kiện sửa lại phải mang mã mới",
    ),
    "key-mismatch": (
        "subject and partitionkey of this type are the same id: that of the directive or unit itself",
        "subject và partitionkey của loại sự kiện này phải cùng là mã của chính văn bản hoặc đơn vị",
    ),
    "key-taken": ("this id already belongs to a {kind}", "mã này đã thuộc về một {kind_vi}"),
    "id-taken": ("this id is already in use under another directive", "mã này đã được dùng ở một văn bản chỉ đạo khác"),
    "state-secret": (
        "documents with a mark of state secrets never enter this system",
        "văn bản có độ mật không được đưa vào hệ thống này",
    ),
    "unit-unknown": ("no unit is registered with the id {unit}", "chưa có đơn vị nào được đăng ký với mã {unit}"),
    "named-twice": ("{name} is named more than once", "{name} được nêu nhiều lần"),
    "directive-id-wrong": (
        "the directive's id should be {expected}: UUIDv5 of its issuer's id and the publisher's key",
        "mã văn bản phải là {expected}: UUIDv5 của mã cơ quan ban hành và khóa của bên gửi",
    ),
    "directive-already-issued": ("this directive is registered already", "văn bản này đã được đăng ký"),
    "directive-unknown": (
        "no directive is registered with this id; send the directive first, then this fact under a new id",
        "chưa có văn bản chỉ đạo nào được đăng ký với mã này; hãy gửi văn bản trước, rồi gửi lại sự kiện với mã mới",
    ),
    "number-without-date": (
        "a numbered document has a date of issue: numbers are unique within a year",
        "văn bản đã có số thì phải có ngày ban hành: số văn bản là duy nhất trong một năm",
    ),
    "number-taken": (
        "the issuer has already registered number {number}/{symbol} of {year}",
        "cơ quan ban hành đã đăng ký văn bản số {number}/{symbol} của năm {year}",
    ),
    "issued-in-the-future": (
        "the date of issue {issued_on} is later than the day of receipt {received_on}",
        "ngày ban hành {issued_on} sau ngày tiếp nhận {received_on}",
    ),
    "based-on-itself": ("a directive cannot rest on itself", "văn bản không thể lấy chính nó làm căn cứ"),
    "task-already-assigned": ("this task is registered already", "nhiệm vụ này đã được đăng ký"),
    "task-unknown": ("the directive has no task {task}", "văn bản không có nhiệm vụ {task}"),
    "lead-also-coordinating": (
        "the lead unit cannot also be a coordinating unit of the same task",
        "đơn vị chủ trì không thể đồng thời là đơn vị phối hợp của cùng nhiệm vụ",
    ),
    "deadline-named-twice": ("two deadlines of the task have the name {name}", "nhiệm vụ có hai thời hạn cùng tên {name}"),
    "plan-stage-misplaced": (
        "only a deadline that is met by plan-submitted has a plan_stage",
        "chỉ thời hạn nộp kế hoạch mới có giai đoạn dự thảo hoặc chính thức",
    ),
    "unit-not-responsible": (
        "only the task's lead unit or a coordinating unit hands this in",
        "chỉ đơn vị chủ trì hoặc phối hợp của nhiệm vụ mới được nộp",
    ),
    "plan-belongs-elsewhere": (
        "this plan was handed in for another task or by another unit",
        "kế hoạch này đã được nộp cho nhiệm vụ khác hoặc bởi đơn vị khác",
    ),
    "plan-already-final": ("the final plan was handed in already", "kế hoạch chính thức đã được nộp"),
    "conference-already-scheduled": ("this conference is scheduled already", "hội nghị này đã được xếp lịch"),
    "conference-not-scheduled": ("this conference was never scheduled", "hội nghị này chưa được xếp lịch"),
    "conference-already-held": ("this conference was held already", "hội nghị này đã được tổ chức"),
    "conference-ends-before-start": ("the conference ends before it has begun", "hội nghị kết thúc trước khi bắt đầu"),
    "held-in-the-future": (
        "the conference cannot have been held later than this fact was received",
        "hội nghị không thể diễn ra sau thời điểm tiếp nhận thông tin",
    ),
    "unit-not-concerned": (
        "only the issuer, an addressee or a unit that answers for a task of the directive may say this",
        "chỉ cơ quan ban hành, nơi nhận hoặc đơn vị có nhiệm vụ trong văn bản mới được gửi thông tin này",
    ),
    "report-already-submitted": ("this report is registered already", "báo cáo này đã được đăng ký"),
    "unit-already-registered": ("this unit is registered already", "đơn vị này đã được đăng ký"),
    "unit-code-taken": ("the code {code} belongs to another unit", "mã định danh {code} đã thuộc về đơn vị khác"),
})  # fmt: skip
"""The reasons by code; a code is never renamed."""


class FactRefusedError(RefusedError):
    """The registry refuses a fact; `fields` names the attributes that are to blame."""

    def __init__(self, code: str, reason: str, reason_vi: str, fields: tuple[FieldProblem, ...] = ()) -> None:
        super().__init__(code, reason, reason_vi)
        self.fields = fields


def refused(code: str, /, *pointers: str, **values: object) -> FactRefusedError:
    """Return the refusal with a code, its reasons filled in with `values`, for the fields at `pointers` (RFC 6901)."""
    reason, reason_vi = (text.format(**values) for text in REASONS[code])
    return FactRefusedError(code, reason, reason_vi, tuple(FieldProblem(pointer=each, problem=reason) for each in pointers))
