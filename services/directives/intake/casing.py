"""Names in capitals written as officials write them: "SỞ GIÁO DỤC VÀ ĐÀO TẠO TỈNH HÀ GIANG" is "Sở Giáo dục và Đào tạo tỉnh Hà Giang"."""

import re
from typing import Final

from services.directives.intake.unit_words import words

_AS_WRITTEN: Final = words(
    """
    UBND; HĐND; THPT; THCS; LĐTB&XH; TP.; MTTQ; GD&ĐT; TN&MT; NN&PTNT; TT&TT; BQL; VP; THCS&THPT; HĐND&UBND; PTDTNT
    """
)
_WORDS: Final = words(
    """
    và; của; tại; thuộc; các; cho; về; tỉnh; huyện; thị xã; thành phố; quận; phường; xã; thị trấn; đặc khu; Ủy ban nhân dân; Hội
    đồng nhân dân; Văn phòng; Cấp ủy; Công an; Bộ Chỉ huy Quân sự; Bộ Chỉ huy; Ban Chỉ huy Quân sự; Ban Chỉ đạo; Ban Quản lý; Ban
    Tổ chức; Ban Dân tộc; Chi cục; Tổng cục; Trung tâm; Thanh tra; Bệnh viện; Kho bạc Nhà nước; Ngân hàng Nhà nước; Bảo hiểm xã
    hội; Thủ tướng Chính phủ; Chính phủ; Trường; Sở; Phòng; Ban; Bộ; Cục; Vụ; Trạm; Đội; Tổ; Hạt; Viện; Nội vụ; Lao động; Thương
    binh; Xã hội; Giáo dục; Đào tạo; Tài nguyên; Môi trường; Nông nghiệp; Phát triển; nông thôn; Nông thôn; Kế hoạch; Đầu tư; Tài
    chính; Giao thông vận tải; Giao thông; Xây dựng; Công Thương; Y tế; Văn hóa; Văn hoá; Thể thao; Du lịch; Thông tin; Truyền
    thông; Khoa học; Công nghệ; Tư pháp; Ngoại vụ; Dân tộc; Tôn giáo; Kinh tế; Hạ tầng; Quản lý; đô thị; Dân số; Kiểm lâm; Thú y;
    Chăn nuôi; Trồng trọt; Bảo vệ thực vật; Thủy lợi; Thủy sản; Quân sự; Kiểm soát; bệnh tật; Dự phòng; hành chính công; Phục vụ;
    quỹ đất; đa khoa; Mầm non; Tiểu học; Trung học; Cao đẳng; Đại học; Thuế; Hải quan; Thống kê; Đường bộ; Đăng kiểm; dự án
    """
)
_CASED: Final = {word.upper(): word for word in (*_WORDS, *_AS_WRITTEN)}
_WORD: Final = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in sorted(_CASED, key=len, reverse=True)) + r"|\w+")


_SCANNED: Final = re.compile(r"(?<=\w)l(?=(\w))")
"""A small l where scanning may have put it for I."""


def capitals(text: str) -> str:
    """Return a text as long as before, in which each l between capitals is the I that it was scanned from."""
    return _SCANNED.sub(lambda found: "I" if (text[found.start() - 1] + found[1]).isupper() else "l", text)


def in_official_case(name: str) -> str:
    """Return a name in capitals as it is written in running text; a name that is not in capitals stays as it is."""
    name = capitals(name)
    if not name.isupper():
        return name
    name = name.replace("UỶ", "ỦY")
    written = _WORD.sub(lambda match: _CASED.get(match[0]) or _capitalised(match[0]), name)
    return written[:1].upper() + written[1:]


def _capitalised(word: str) -> str:
    return word if re.fullmatch(r"[A-ZĐ]*\d+|[IVX]+", word) else word.capitalize()
