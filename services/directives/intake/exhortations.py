"""Sentences that give nothing that could be checked on: exhortations, thanks, what puts a document into force, members of boards."""

import re
from typing import Final

_THANKS_ONLY: Final = re.compile(
    r"(?:nếu|khi|quá trình|trường hợp)[^.;]*?(?:vướng mắc|khó khăn|phát sinh|vấn đề|bất cập)[^.;]*(?:phản ánh|báo cáo|liên hệ|kiến nghị|"
    r"trao đổi|đề xuất|thông tin|gửi|tổng hợp|hướng dẫn)"
    r"|báo cáo (?:kịp thời |ngay )?(?:các |những )?(?:khó khăn|vướng mắc)(?! phát sinh)|chịu trách nhiệm thi hành|"
    r"có trách nhiệm thi hành|chịu trách nhiệm thực hiện (?:quyết định|chỉ thị|kế hoạch|công điện) này|thi hành quyết định này|"
    r"có hiệu lực (?:thi hành|kể từ|từ)|"
    r"(?:làm việc|hoạt động) (?:theo (?:chế độ|nguyên tắc|quy chế)|kiêm nhiệm)|thông báo (?:để|đến|cho|tới)[^.;]*(?:biết|thực hiện)|"
    r"(?:văn bản|công văn|thông báo|kế hoạch|quyết định|hướng dẫn|báo cáo|chỉ thị) này thay thế|"
    r"sắp xếp thời gian (?:để )?(?:đến )?(?:tham )?dự|"
    r"được phổ biến|rất mong|trân trọng"
)
_GENERIC: Final = re.compile(
    r"(?:(?:nghiêm túc|nghiêm|căn cứ|khẩn trương|quan tâm|phối hợp|chủ động|tổ chức|triển khai|thực hiện|quán triệt|tập trung|"
    r"kịp thời|đồng bộ|hiệu quả|tốt|có|đầy đủ|đúng|biết|theo|chức năng|nhiệm vụ|được giao|phải"
    r"|các|những|nội dung|nêu|trên|này|kết luận|chỉ thị|công văn|công điện|kế hoạch|quyết định|thông báo|văn bản|hướng dẫn|chỉ đạo|"
    r"của|và|để|thi hành|quyết liệt|cần|khi|nhận|đồng chí|chủ tịch|phó|ubnd|huyện|tỉnh|xã|tại|quy định|nghị quyết|việc|ngay|"
    r"chặt chẽ|yêu cầu|tinh thần|đề nghị|đơn vị|địa phương|nghiên cứu|tiếp tục|nhà trường)(?!\w)[\s,.;/:]*)+"
)
_PASSIVE_ONLY: Final = re.compile(
    r"^(?:[-:]\s)?(?:là |làm )?(?:phó )?(?:trưởng ban|trưởng đoàn|tổ trưởng|tổ phó|"
    r"chủ tịch(?: hội đồng)?|ủy viên|thành viên|thư ký)"
    r"(?: thường trực| phó| thư ký| kiêm thư ký)?$|"
    r"(?:xem|coi)\s(?:là|như)|được xem|^(?:phải )?chịu (?:hoàn toàn )?trách nhiệm "
    r"(?:(?:toàn diện|chính|trực tiếp) )?(?:trước [^;.]*|nếu [^;.]*|về (?:tính|độ|sự|số liệu|chất lượng) [^;.]*)$|"
    r"^là (?:cơ quan|đơn vị|bộ phận) (?:thường trực|giúp việc)(?: (?:của |cho )?(?:ban|tổ|hội đồng|đoàn|tiểu ban)(?!\w)[^,;.]{0,80})?"
    r"(?:,? (?:được )?sử dụng con dấu[^;.]*)?$|"
    r"^(?:tự )?giải thể sau khi|^(?:cần |phải )?(?:luôn |thực sự )?(?:gương mẫu|đi đầu)|"
    r"^(?:cần |phải |tiếp tục )?(?:làm tốt|nâng cao (?:ý thức|tinh thần|trách nhiệm)|phát huy)(?!\w)"
)

_CITATION: Final = re.compile(
    r"(?:số\s)?\d+/(?:\d{4}/)?[\w&]+(?:[-/][\w&]+)*(?:,?\sngày\s(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{1,2}\stháng\s\d{1,2}\snăm\s\d{4}))?"
    r"(?:\scủa\s[^,.;:]{2,60}$)?"
)
"""A document as others cite it: that it is to be read and carried out is nothing that could be checked on."""
_SINCE_IN_FORCE: Final = re.compile(r"kể từ (?:ngày|khi)[^,;.]{0,60}? có hiệu lực(?: thi hành)?")


def is_no_duty(low: str, predicate: str) -> bool:
    """Tell whether words only exhort, inform or put into force: nothing in them can be checked on."""
    low = _SINCE_IN_FORCE.sub("", low)
    words = _CITATION.sub("", predicate.strip(" .,;/:")).strip(" .,;/:")
    return (
        _THANKS_ONLY.search(low) is not None
        or not words
        or _GENERIC.fullmatch(words) is not None
        or _PASSIVE_ONLY.search(words) is not None
    )
