"""How an item of a list opens, and what follows from that for its being a duty."""

import re
from typing import Final

from services.directives.intake.flow import Flow
from services.directives.intake.outline import Item, ancestors
from services.directives.intake.phrases import find
from services.directives.intake.word_patterns import begins_with_verb

LEAD_IN: Final = re.compile(
    r"(?:yêu cầu|đề nghị|chỉ đạo|chỉ thị|giao|phân công|như sau|kết luận|quyết định|ý kiến|nội dung (?:sau|trọng tâm sau)|"
    r"cụ thể)\s*:?\s*$|:\s*$"
)
GIVES: Final = re.compile(r"(?<!\w)(?:yêu cầu|đề nghị|chỉ đạo|chỉ thị|giao|phân công|ý kiến|kết luận)(?!\w)")
NO_TASKS: Final = re.compile(
    r"^(?:mục đích|mục tiêu|yêu cầu|nguyên tắc|quan điểm|phạm vi|đối tượng|kinh phí|căn cứ|nội dung|kết quả|tình hình|đánh giá|"
    r"thời gian, địa điểm|thành phần|phương pháp|chỉ tiêu|tiêu chuẩn|hồ sơ|khái quát|thực trạng|dự báo|ưu điểm|tồn tại|"
    r"về (?:kết quả|tình hình))"
)
_REVIEW: Final = re.compile(
    r"(?:khái quát |về |những )?(?:(?:đánh giá|kiểm điểm) )?(?:tình hình|kết quả|thực trạng|ưu điểm|"
    r"tồn tại|hạn chế|nguyên nhân|đánh giá|bối cảnh)(?!\w)"
)
_AIMS: Final = re.compile(
    r"(?:mục đích|mục tiêu|yêu cầu|nguyên tắc|quan điểm|ý nghĩa)(?:(?:,| và|,? &)? ?(?:mục đích|yêu cầu|ý nghĩa|chỉ đạo|chung|cụ thể|"
    r"thực hiện|tổng quát))*[.:]?|(?:dự kiến )?kinh phí(?: (?:thực hiện|tổ chức|hoạt động))*[.:]?"
)
"""Sections of a plan on its aims, principles and budget."""
_FRAME: Final = re.compile(
    r"(?:hồ sơ|tài liệu|thành phần)[^:;.,]{0,40} (?:bao )?gồm(?: có)?\s?:|(?:mức|thẩm quyền|tỷ lệ) [^:;.,]{2,40}:|"
    r"(?:thành phần|địa điểm|đối tượng|số lượng|hình thức|quy mô|khách mời)(?: (?:tham dự|dự|tham gia|tổ chức|mời))*\s?:"
)
"""What an item tells of an event: who comes, and where."""
_JUDGED: Final = re.compile(r"(?:phê bình|nhắc nhở|biểu dương|khen ngợi|đánh giá cao|ghi nhận|hoan nghênh)(?!\w)")
AT_LARGE: Final = re.compile(
    r"(?:(?:khi|nếu|trường hợp|trong|để|từ)(?!\w)[^,;.]{2,80},\s)?(?:mọi |các |những |từng |mỗi |toàn thể )?"
    r"(?:người dân|nhân dân|công dân|bà con|hành khách|du khách|khách tham quan|phụ huynh|cha mẹ|học sinh|sinh viên|quần chúng|"
    r"người tham gia giao thông|người đi đường)(?!\w)(?! tự quản)"
)
"""People at large: what a letter tells them to do is nobody's task."""
_GIVES_THEN: Final = re.compile(r"(?<!\w)(?:giao|yêu cầu|đề nghị|phân công)(?!\w)")
DECIDED: Final = re.compile(
    r"(?:về )?(?:cơ bản )?(?:đồng ý|chấp thuận|nhất trí|biểu dương|ghi nhận|hoan nghênh|phê bình|"
    r"thống nhất (?:chủ trương|với|nội dung|đề xuất|phương án|theo|như|chọn|thông qua))(?!\w)"
)
"""What the issuer itself decides or thinks: nothing that anybody has to do."""
ASKS: Final = re.compile(r"(?:yêu cầu|đề nghị|chỉ đạo|phân công|đôn đốc|giao)\s")
TIMED: Final = re.compile(
    r"^(?:thời hạn|thời gian|hạn|báo cáo|hồ sơ|kết quả|văn bản|kế hoạch|danh sách|ý kiến|các nội dung|nội dung)(?!\w)"
)
REPORT_OF_ALL: Final = re.compile(
    r"^(?:(?:kết quả|(?:mọi |các |văn bản )?báo cáo|định kỳ)[^.;]{0,60}(?:báo cáo|gửi)|báo cáo (?:kết quả|tình hình|tiến độ)\s)"
)


def is_of_decision(item: Item) -> bool:
    """Tell whether an item belongs to an article, where the issuer itself decides what names nobody."""
    return item.kind == "article" or any(above.kind == "article" for above in ancestors(item))


def verb_after_time(flow: Flow) -> bool:
    """Tell whether a duty begins after words of time: "Từ ngày 01/8/2019, thực hiện …"."""
    match = re.match(r"(?:từ|trong|trước|sau|định kỳ|hằng|hàng|khi|chậm nhất|ngay)(?!\w)[^,;:]{0,80},\s", flow.low)
    return match is not None and begins_with_verb(flow, match.end())


def is_bare_title(item: Item) -> bool:
    """Tell whether an item is so short, and so without any time, that it only heads those below it."""
    return not find(item.flow) and len(item.flow.text.split()) < 25  # noqa: PLR2004


def is_no_order(item: Item) -> bool:
    """Tell whether an item only looks back, praises or blames, or tells aims and budget of a plan: it gives nobody anything to do."""
    if _GIVES_THEN.search(item.flow.low):
        return False
    if _FRAME.match(item.flow.low) or _JUDGED.match(item.flow.low):
        return True
    return any(
        _AIMS.fullmatch(above.flow.low.strip()) or (_REVIEW.match(above.flow.low) and not GIVES.search(above.flow.low))
        for above in ancestors(item)
    )
