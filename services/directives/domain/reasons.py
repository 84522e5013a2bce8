"""The reasons of refusals by their stable codes: one for publishers in English, one for officials in Vietnamese."""

from collections.abc import Mapping
from types import MappingProxyType

DESK_REASONS: Mapping[str, tuple[str, str]] = MappingProxyType({
    "malformed": ("the record is not a fact that can be read: {why}", "bản ghi không đọc được: {why}"),
    "not-a-fact": ("publishers do not send events of the type {type}", "loại sự kiện {type} không phải do đơn vị gửi"),
    "id-reused": (
        "this source has already sent another fact with the id {id}; a corrected fact needs an id of its own",
        "nguồn gửi đã dùng mã {id} cho một sự kiện khác; sự kiện sửa lại phải mang mã mới",
    ),
    "source-taken": ("the source {source} belongs to another publisher", "nguồn {source} thuộc về bên gửi khác"),
    "too-many-waiting": (
        "too many facts wait under this key already ({limit}); send first what they wait for",
        "đã có quá nhiều sự kiện đang chờ ở mã này ({limit}); hãy gửi trước sự kiện mà chúng đang chờ",
    ),
    "waited-too-long": (
        "the {kind} {name} that this fact needs did not come within {days} days",
        "sự kiện này cần {kind_vi} {name} nhưng sau {days} ngày vẫn chưa nhận được",
    ),
    "history-too-long": (
        "more than {limit} facts are registered under this key: none of them can be voided any more",
        "mã này đã có hơn {limit} sự kiện được đăng ký nên không thể hủy sự kiện nào nữa",
    ),
})  # fmt: skip
"""What the registrar's desk refuses by itself, before or after the rules."""

_AUTHORITY: Mapping[str, tuple[str, str]] = {
    "publisher-unknown": ("the publisher {publisher} has no rights", "bên gửi {publisher} chưa được cấp quyền"),
    "publisher-not-authorised": (
        "the rights of the publisher {publisher} have not begun or have ended",
        "quyền gửi của {publisher} chưa có hiệu lực hoặc đã hết hiệu lực",
    ),
    "type-not-authorised": (
        "the publisher {publisher} may not send facts of the type {type}",
        "bên gửi {publisher} không được gửi loại sự kiện {type}",
    ),
    "unit-not-authorised": (
        "the publisher {publisher} may not speak for the unit {unit}",
        "bên gửi {publisher} không được gửi thông tin nhân danh đơn vị {unit}",
    ),
    "all-units-needed": (
        "the publisher {publisher} may say this only if it may speak for all units",
        "bên gửi {publisher} chỉ được gửi thông tin này khi có quyền gửi nhân danh mọi đơn vị",
    ),
    "publisher-reserved": ("the name {publisher} is kept for the system itself", "tên {publisher} dành riêng cho hệ thống"),
    "publisher-id-wrong": (
        "the id of this publisher should be {expected}: UUIDv5 of its name",
        "mã của bên gửi phải là {expected}: UUIDv5 của tên bên gửi",
    ),
    "type-unknown": ("there is no fact of the type {type}", "không có loại sự kiện {type}"),
    "type-reserved": ("only the system itself sends facts of the type {type}", "chỉ hệ thống mới được gửi loại sự kiện {type}"),
    "rights-end-before-start": ("the rights end before they have begun", "quyền gửi hết hiệu lực trước khi bắt đầu"),
}

_REGISTRY: Mapping[str, tuple[str, str]] = {
    "unit-unknown": ("no unit is registered with the id {unit}", "chưa có đơn vị nào được đăng ký với mã {unit}"),
    "unit-already-registered": ("this unit is registered already", "đơn vị này đã được đăng ký"),
    "unit-code-taken": ("the code {code} belongs to another unit", "mã định danh {code} đã thuộc về đơn vị khác"),
    "unit-code-wrong": ("the code {code} has an empty level", "mã định danh {code} có cấp bị bỏ trống"),
    "valid-from-too-early": (
        "{day} lies before {earlier}, from which day on what is registered holds",
        "ngày {day} trước ngày {earlier} là ngày có hiệu lực của thông tin đã đăng ký",
    ),
    "successor-is-itself": ("a unit cannot take its own place", "đơn vị không thể kế thừa chính mình"),
    "successor-already-named": ("the unit {unit} is a successor already", "đơn vị {unit} đã được đăng ký là đơn vị kế thừa"),
    "calendar-id-wrong": (
        "the id of this year's calendar should be {expected}: UUIDv5 of the year",
        "mã của lịch năm này phải là {expected}: UUIDv5 của năm",
    ),
    "day-outside-year": ("{day} is not a day of {year}", "ngày {day} không thuộc năm {year}"),
    "day-off-and-worked": ("{day} is named as a day off and as a working day", "ngày {day} vừa là ngày nghỉ vừa là ngày làm việc"),
    "working-day-ordinary": (
        "{day} is an ordinary weekday: only Saturdays, Sundays and holidays can be made working days",
        "ngày {day} là ngày làm việc bình thường: chỉ thứ Bảy, Chủ nhật và ngày lễ mới được hoán đổi thành ngày làm việc",
    ),
    "index-already-published": ("this index is registered already", "chỉ số này đã được đăng ký"),
    "index-id-wrong": (
        "the index's id should be {expected}: UUIDv5 of the id of the unit that publishes it and the publisher's key",
        "mã chỉ số phải là {expected}: UUIDv5 của mã đơn vị công bố và khóa của bên gửi",
    ),
    "index-year-to-come": ("the year {year} has not come yet", "năm {year} chưa đến"),
    "score-above-maximum": ("{points} points are more than the maximum of {maximum}", "điểm {points} vượt quá điểm tối đa {maximum}"),
}

_DIRECTIVES: Mapping[str, tuple[str, str]] = {
    "key-mismatch": (
        "subject and partitionkey of this type are the same id: that of the directive, unit, … itself",
        "subject và partitionkey của loại sự kiện này phải cùng là mã của chính văn bản, đơn vị, …",
    ),
    "key-taken": ("this id already belongs to a {kind}", "mã này đã thuộc về một {kind_vi}"),
    "id-taken": ("this id is already in use under another directive", "mã này đã được dùng ở một văn bản chỉ đạo khác"),
    "year-implausible": (
        "nobody means the year {year}: dates lie between {first} and {last}",
        "năm {year} không hợp lý: ngày tháng phải từ năm {first} đến năm {last}",
    ),
    "state-secret": (
        "documents with a mark of state secrets never enter this system",
        "văn bản có độ mật không được đưa vào hệ thống này",
    ),
    "named-twice": ("{name} is named more than once", "{name} được nêu nhiều lần"),
    "directive-id-wrong": (
        "the directive's id should be {expected}: UUIDv5 of its issuer's id and the publisher's key",
        "mã văn bản phải là {expected}: UUIDv5 của mã cơ quan ban hành và khóa của bên gửi",
    ),
    "directive-already-issued": ("this directive is registered already", "văn bản này đã được đăng ký"),
    "directive-unknown": ("this id does not belong to a directive", "mã này không phải là mã của văn bản chỉ đạo"),
    "directive-recalled": ("this directive was recalled", "văn bản này đã bị thu hồi"),
    "directive-replaced": ("another document took this directive's place", "văn bản này đã bị thay thế"),
    "number-without-date": (
        "a numbered document has a date of issue: numbers are unique within a year",
        "văn bản đã có số thì phải có ngày ban hành: số văn bản là duy nhất trong một năm",
    ),
    "number-taken": (
        "the issuer has already registered number {number}/{symbol} of {year}",
        "cơ quan ban hành đã đăng ký văn bản số {number}/{symbol} của năm {year}",
    ),
    "number-incomplete": (
        "a number is given to a draft together with its issuer, symbol and date of issue",
        "khi cấp số cho dự thảo phải nêu đủ cơ quan ban hành, ký hiệu và ngày ban hành",
    ),
    "number-already-given": (
        "this directive has its number: another number or symbol needs another document",
        "văn bản này đã có số: số hoặc ký hiệu khác phải là văn bản khác",
    ),
    "number-year-fixed": (
        "the number belongs to {year}: the date of issue stays in that year",
        "số văn bản thuộc năm {year}: ngày ban hành phải ở trong năm đó",
    ),
    "issuer-fixed": ("another unit issued this directive", "văn bản này do cơ quan khác ban hành"),
    "issued-in-the-future": (
        "the date of issue {issued_on} is later than the day of receipt {received_on}",
        "ngày ban hành {issued_on} sau ngày tiếp nhận {received_on}",
    ),
    "before-issue": (
        "{day} lies before the directive's date of issue {issued_on}",
        "ngày {day} trước ngày ban hành văn bản {issued_on}",
    ),
    "based-on-itself": ("a directive cannot rest on itself", "văn bản không thể lấy chính nó làm căn cứ"),
    "document-is-itself": (
        "a directive is not amended, corrected, replaced or recalled by itself",
        "văn bản không thể tự sửa đổi, đính chính, thay thế hoặc thu hồi chính nó",
    ),
    "replacement-unnamed": ("the document that replaces this one is not named", "chưa nêu văn bản thay thế"),
    "replaced-by-itself": ("a directive cannot take its own place", "văn bản không thể thay thế chính nó"),
    "version-unknown": ("nothing is registered under this key as version {version}", "mã này không có phiên bản {version}"),
    "already-voided": ("this version counts no more already", "phiên bản này đã bị hủy"),
    "cannot-be-voided": ("facts of the type {type} cannot be voided", "không thể hủy loại sự kiện {type}"),
    "fact-needed": (
        "version {needed_by} could not have been registered without version {version}; void that one first",
        "phiên bản {needed_by} dựa trên phiên bản {version}; hãy hủy phiên bản {needed_by} trước",
    ),
}

_WORK: Mapping[str, tuple[str, str]] = {
    "task-already-assigned": ("this task is registered already", "nhiệm vụ này đã được đăng ký"),
    "lead-also-coordinating": (
        "the lead unit cannot also be a coordinating unit of the same task",
        "đơn vị chủ trì không thể đồng thời là đơn vị phối hợp của cùng nhiệm vụ",
    ),
    "deadline-named-twice": ("two deadlines of the task have the name {name}", "nhiệm vụ có hai thời hạn cùng tên {name}"),
    "deadline-unknown": ("the task has no deadline with the name {name}", "nhiệm vụ không có thời hạn tên {name}"),
    "plan-stage-misplaced": (
        "only a deadline that is met by plan-submitted has a plan_stage",
        "chỉ thời hạn nộp kế hoạch mới có giai đoạn dự thảo hoặc chính thức",
    ),
    "unit-not-responsible": (
        "only the task's lead unit or a coordinating unit says or hands this in",
        "chỉ đơn vị chủ trì hoặc phối hợp của nhiệm vụ mới được báo hoặc nộp nội dung này",
    ),
    "unit-not-lead": ("only the task's lead unit says this", "chỉ đơn vị chủ trì nhiệm vụ mới được gửi thông tin này"),
    "unit-not-concerned": (
        "only the issuer, an addressee or a unit that answers for a task of the directive may say this",
        "chỉ cơ quan ban hành, nơi nhận hoặc đơn vị có nhiệm vụ trong văn bản mới được gửi thông tin này",
    ),
    "task-already-received": ("this unit has received the task already", "đơn vị này đã tiếp nhận nhiệm vụ"),
    "task-already-accepted": ("the lead unit has accepted this task", "đơn vị chủ trì đã nhận nhiệm vụ này"),
    "task-already-suspended": ("this task is suspended", "nhiệm vụ này đang tạm hoãn"),
    "task-not-suspended": ("this task is not suspended", "nhiệm vụ này không tạm hoãn"),
    "task-declined": (
        "the lead unit declined this task; it is for the issuer to reassign, reopen or cancel it",
        "đơn vị chủ trì đã từ chối nhiệm vụ này; cơ quan ban hành cần giao lại, yêu cầu thực hiện lại hoặc hủy",
    ),
    "task-already-completed": ("this task was completed and waits to be confirmed", "nhiệm vụ này đã báo hoàn thành và đang chờ xác nhận"),
    "task-not-completed": ("the lead unit has not completed this task", "đơn vị chủ trì chưa báo hoàn thành nhiệm vụ này"),
    "task-confirmed": ("this task was confirmed as done", "nhiệm vụ này đã được xác nhận hoàn thành"),
    "task-cancelled": ("this task was cancelled", "nhiệm vụ này đã bị hủy"),
    "task-still-open": ("this task is still open", "nhiệm vụ này vẫn đang được thực hiện"),
    "plan-belongs-elsewhere": (
        "this plan was handed in for another task or by another unit",
        "kế hoạch này đã được nộp cho nhiệm vụ khác hoặc bởi đơn vị khác",
    ),
    "plan-already-final": ("the final plan was handed in already", "kế hoạch chính thức đã được nộp"),
    "plan-already-returned": ("the plan was returned and not handed in again", "kế hoạch đã bị trả lại và chưa được nộp lại"),
    "plan-already-approved": ("the plan was approved already", "kế hoạch đã được phê duyệt"),
    "plan-not-final": ("only a final plan is approved; this one is a draft", "chỉ phê duyệt kế hoạch chính thức; đây là dự thảo"),
    "conference-already-scheduled": ("this conference is scheduled already", "hội nghị này đã được xếp lịch"),
    "conference-already-held": ("this conference was held already", "hội nghị này đã được tổ chức"),
    "conference-cancelled": ("this conference was cancelled", "hội nghị này đã bị hủy"),
    "conference-ends-before-start": ("the conference ends before it has begun", "hội nghị kết thúc trước khi bắt đầu"),
    "held-in-the-future": (
        "the conference cannot have been held later than this fact was received",
        "hội nghị không thể diễn ra sau thời điểm tiếp nhận thông tin",
    ),
    "report-already-submitted": ("this report is registered already", "báo cáo này đã được đăng ký"),
    "extension-already-requested": ("this request is registered already", "đề nghị gia hạn này đã được đăng ký"),
    "extension-already-open": (
        "a request for more time for the deadline {name} is not answered yet",
        "đề nghị gia hạn thời hạn {name} đang chờ trả lời",
    ),
    "extension-not-open": (
        "this request was answered, or its task was reopened",
        "đề nghị này đã được trả lời hoặc nhiệm vụ đã được giao thực hiện lại",
    ),
    "requested-day-passed": (
        "the day {day} that is asked for lies before the day of receipt {received_on}",
        "ngày đề nghị {day} trước ngày tiếp nhận {received_on}",
    ),
}

REASONS: Mapping[str, tuple[str, str]] = MappingProxyType({**DESK_REASONS, **_AUTHORITY, **_REGISTRY, **_DIRECTIVES, **_WORK})
"""The reasons by code; a code is never renamed."""
