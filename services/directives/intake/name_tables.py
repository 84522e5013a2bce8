"""Verbs inside units' names, in tables: which go on a name, after which words, and which never begin what is to be done there."""

import re
from typing import Final

from services.directives.intake.unit_words import words
from services.directives.intake.word_patterns import any_of


def _listed(table: str) -> re.Pattern[str]:
    """Return a pattern of the words of a table."""
    return re.compile(any_of(words(table)))


def _ending(table: str) -> re.Pattern[str]:
    """Return a pattern of the words of a table where a text ends with them."""
    return re.compile(rf"(?:^|\s)(?:{'|'.join(map(re.escape, words(table)))})$")


def _parts(table: str) -> str:
    """Return a pattern of second parts of words, "first|second", each where its first part stands before it."""
    pairs = (pair.partition("|") for pair in words(table))
    return "|".join(f"(?<={re.escape(first)} ){re.escape(second)}" for first, _, second in pairs)


NEEDS_OBJECT: Final = _ending(
    """
    Quản lý; Kiểm tra; Khai thác; Bảo trì; Bảo vệ; Giám sát; Kiểm soát; Thẩm định; Xúc tiến; Hỗ trợ; Đăng ký; Điều hành; Phát triển;
    Dịch vụ; Tư vấn; Kiểm định; Nghiên cứu; Ứng dụng; Vận hành; Điều phối; Chỉ đạo; Vận động; Giải quyết; Xử lý; Cấp; Thu;
    Giới thiệu; công trình; vật liệu
    """
)
"""Verbs that a name ends with only before their object: "Phòng Quản lý …"."""

NOMINAL: Final = _listed(
    """
    thu; xây dựng; đầu tư; đào tạo; sử dụng; khai thác; bảo trì; bảo dưỡng; duy tu; vận hành; sửa chữa; cấp phép; cấp nước; thi;
    nghiên cứu; ứng dụng; chăm sóc; điều trị; phục hồi; thẩm định; kiểm định; quy hoạch; giải quyết; xử lý; bảo vệ; trợ giúp;
    hỗ trợ; tư vấn; đo; cung ứng; cung cấp; sản xuất; kinh doanh; vận chuyển; thu gom; thu phí; chế biến; giới thiệu; đấu giá;
    đấu thầu; lưu trữ; quan trắc; dự báo; kiểm soát; chi trả; thu mua; điều phối; điều hành; giám sát
    """
)
"""Verbs that may be such an object."""

ALONE: Final = _listed("xây dựng; thu; đào tạo; đầu tư; bảo trì; vận hành; thi; kinh doanh; sản xuất; khai thác")
"""Those of them that need no object of their own: "Phòng Quản lý thu"."""

OF_KIND: Final = _ending(
    """
    đơn vị; cơ quan; tổ chức; cá nhân; doanh nghiệp; cơ sở; hộ; hộ dân; công ty; thương nhân; người; nhà thầu; chủ; hợp tác xã;
    đại lý; nhóm; tổ; hộ gia đình
    """
)
"""Those who are named by what they do for their living …"""

DOING: Final = _listed(
    """
    sử dụng; sản xuất; kinh doanh; khai thác; vận hành; quản lý; thi công; cung cấp; cung ứng; chế biến; giết mổ; chăn nuôi; nuôi;
    nuôi trồng; trồng; vận chuyển; vận tải; xuất khẩu; nhập khẩu; đầu tư; thu mua; tiêu thụ; tư vấn; giám sát; nợ
    """
)
"""… and what that is: "các cơ sở giết mổ"."""

PREDICATES: Final = _listed("tổ chức; xây dựng; đánh giá; chỉ đạo; công bố; xét; điều hành; chuyển đổi số; hỗ trợ; đăng ký")
"""Verbs that, after a mere kind ("các đơn vị"), always begin what is to be done …"""

OFTEN_PREDICATES: Final = _listed(
    """
    kiểm tra; giám sát; thẩm định; đào tạo; bảo vệ; kiểm định; thanh tra; phục vụ; quan trắc; bồi thường; điều tra
    """
)
"""… and those that do so where no other verb follows them at once."""

NO_PREDICATE: Final = _listed(
    """
    không; để; trước; trong; về; theo; khi; nếu; vào; đến; tới; cùng; cùng với; gồm; được; có; đã; đang; sẽ; chưa; hoặc; nào; nên;
    ra; lên; xuống; nhằm; hằng ngày; thuộc diện; trên cơ sở; tự
    """
)
"""Words that go on an object as well as begin what is to be done: no sign of either."""

TEAM: Final = _listed("tổ; đội; đoàn; nhóm; tiểu ban; hội đồng; các tổ; các đội; các đoàn; các nhóm")
"""Teams that are named by what they are for …"""

TEAM_WORK: Final = _listed(
    """
    hòa giải; tuần tra; vận động; tuyên truyền; sơ cứu; cấp cứu; ứng cứu; giúp việc; biên tập; biên soạn; soạn thảo; thẩm tra; xử lý;
    tiếp nhận; truy vết; lấy mẫu; tiêm chủng; chi trả; đấu giá; nghiệm thu; kiểm kê; thanh lý; rà soát; khảo sát; đàm phán; thu gom;
    kiểm đếm; điều phối; phản ứng nhanh; tiếp dân; lễ tân; hậu cần; cưỡng chế; bốc xếp; canh gác; tìm kiếm; chữa cháy
    """
)
"""… and what that is."""

_WHOLE: Final = words(
    """
    có liên quan; có tên; có thẩm quyền; có chức năng; có đất; có rừng; có dự án; cấp xã; cấp huyện; cấp tỉnh; cấp cơ sở;
    cấp trung ương; cấp phường; quản lý nhà nước; được giao; được phân công; được thanh tra; được kiểm tra; được kiểm toán;
    được giám sát; được ủy quyền; trực thuộc; giúp việc; chi cục; chi nhánh; chi đoàn; chi bộ; chi hội; chi đội; chi phí; cấp ủy;
    tự quản; cứu hộ; cứu nạn; bán trú; giao thông; giao dịch; đo lường; thu nhập; thi đua; thi hành án; cấp nước; cấp thoát nước;
    trồng trọt; bán lẻ xăng; bán lẻ thuốc; cùng cấp; trách nhiệm hữu hạn; tổ dân phố; lưu trú; tổ dân cư; tổ chuyên môn; tổ thu gom;
    thường trực hđnd; thường trực ubnd; thường trực đảng
    """
)
_SECOND_PARTS: Final = """
    các|cấp; cùng|cấp; hai|cấp; ba|cấp; bốn|cấp; nhiều|cấp; thứ|cấp; trung|cấp; cao|cấp; sơ|cấp; thường|trực; trật|tự; di|tích;
    chăn|nuôi; người|có công; địa|bàn; dục|thường xuyên; trường công|lập; nghiệp công|lập; ngoài công|lập; độc|lập; hàng|không;
    ngoại|giao; chuyển|giao; cây|trồng; vật|nuôi; sáng|tạo; lý|vi phạm; chống|vi phạm; cơ quan|thường trực; văn phòng|thường trực;
    tịch|thường trực; ủy viên|thường trực; bí thư|thường trực; phó|thường trực; tế công|lập; viện công|lập; dục công|lập;
    non công|lập; sở công|lập; chứng|khoán; công|trình; chương|trình; quy|trình; cảnh sát|quản lý; cảnh sát|điều tra; cảnh sát|bảo vệ;
    cảnh sát|thi hành án; hồi sức|cấp cứu; quá|trình; lộ|trình; doanh|thu; người|làm; việc|làm
    """
NO_VERB: Final = re.compile("|".join((*map(re.escape, sorted(_WHOLE, key=len, reverse=True)), _parts(_SECOND_PARTS))))
"""Words that look like a verb's beginning and are none: whole words, and second parts of words ("di tích")."""
