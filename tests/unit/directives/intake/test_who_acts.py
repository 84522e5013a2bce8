"""Who acts, who only takes part, and what gives nobody anything to do, each in a sentence that an office would write."""

import pytest

from services.directives.intake.reading import read

HEAD = "ỦY BAN NHÂN DÂN\nHUYỆN BÌNH LỤC\nSố: 41/UBND-VP\nBình Lục, ngày 11 tháng 3 năm 2024\n\nKính gửi: Các phòng, ban của huyện\n\n"
OPENING = "Chủ tịch UBND huyện yêu cầu:\n"

Parties = tuple[list[str], list[str]]


def parties(body: str) -> list[Parties]:
    """Return the leads and the coordinating units of each task."""
    return [
        ([each.value for each in task.lead], [each.value for each in task.coordinating])
        for task in read(HEAD + OPENING + body + "./.").tasks
    ]


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("Công an huyện tuần tra; phân công cán bộ trực chốt", [(["Công an huyện"], [])]),
        ("Công an huyện lập chốt; giao Phòng Y tế cử y sĩ", [(["Công an huyện"], []), (["Phòng Y tế"], [])]),
        ("Phòng Y tế yêu cầu các trạm y tế kiểm kê thuốc", [(["Phòng Y tế"], [])]),
        ("Chủ tịch UBND huyện yêu cầu Phòng Y tế kiểm kê thuốc", [(["Phòng Y tế"], [])]),
        ("Phòng Y tế chủ trì; Hội Nông dân huyện phối hợp thực hiện", [(["Phòng Y tế"], ["Hội Nông dân huyện"])]),
        ("Phòng Y tế phun thuốc; Hội Nông dân huyện phát tờ rơi", [(["Phòng Y tế"], []), (["Hội Nông dân huyện"], [])]),
        (
            "Phòng Y tế chủ trì, phối hợp với Công an huyện; Hạt Kiểm lâm kiểm tra quán ăn",
            [(["Phòng Y tế"], ["Công an huyện", "Hạt Kiểm lâm"])],
        ),
        ("Phòng Y tế (phối hợp: Phòng Tư pháp) soạn cam kết", [(["Phòng Y tế"], ["Phòng Tư pháp"])]),
        ("Phòng Y tế, cơ quan thường trực Ban Chỉ đạo, cập nhật số liệu", [(["Phòng Y tế"], [])]),
        ("Phòng Y tế, Phòng Tư pháp, mỗi đơn vị cử 01 người", [(["Phòng Y tế", "Phòng Tư pháp"], [])]),
        ("Hằng quý Phòng Y tế, Phòng Tư pháp đối chiếu hồ sơ", [(["Phòng Y tế", "Phòng Tư pháp"], [])]),
        ("Dọn kênh N5 (Phòng Kinh tế chủ trì, xong trước ngày 09/4/2024)", [(["Phòng Kinh tế"], [])]),
        ("Gửi hồ sơ về UBND huyện (Phòng Nội vụ tổng hợp)", [(["Các phòng, ban của huyện"], [])]),
        ("Rà soát bản đồ: Phòng Kinh tế thuê tư vấn", [(["Phòng Kinh tế"], [])]),
        ("Đối với các hộ nuôi cá: UBND xã An Đổ vận động neo lồng", [(["UBND xã An Đổ"], [])]),
        ("Đối với UBND xã An Đổ: neo lồng bè trước ngày 09/4/2024", [(["UBND xã An Đổ"], [])]),
        ("Đề nghị các hội; UBND các xã đăng ký mô hình trước ngày 09/4/2024", [(["các hội", "UBND các xã"], [])]),
    ],
)
def test_a_duty_is_of_those_who_act_and_not_of_those_who_only_take_part(sentence: str, told: list[Parties]) -> None:
    assert parties(f"1. {sentence}") == told


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("UBND các xã: Theo dõi mực nước sông", "UBND các xã"),
        ("Các phòng: Tư pháp, Nội vụ soạn quy chế", "Các phòng: Tư pháp, Nội vụ"),
        ("Các đơn vị đăng ký gian hàng", "Các đơn vị"),
        ("Các đơn vị quản lý chợ lắp bình chữa cháy", "Các đơn vị quản lý chợ"),
        ("Văn phòng thường trực Ban Chỉ huy xã trực điện thoại", "Văn phòng thường trực Ban Chỉ huy xã"),
        ("Công an xã thường trực tại ngầm tràn", "Công an xã"),
        ("UBND cấp huyện, cấp xã dán thông báo", "UBND cấp huyện, cấp xã"),
        ("UBND TP. Phủ Lý lắp rào chắn", "UBND TP. Phủ Lý"),
        ("Các hộ có tên trong danh sách kèm theo nộp đơn", "Các hộ có tên trong danh sách kèm theo"),
        ('Quỹ "Vì người nghèo" huyện trao nhà', 'Quỹ "Vì người nghèo" huyện'),
        ("Lực lượng Công an, Quân sự canh đê", "Lực lượng Công an, Quân sự"),
    ],
)
def test_a_name_goes_on_as_far_as_its_kind_and_no_farther(sentence: str, name: str) -> None:
    assert parties(f"1. {sentence}") == [([name], [])]


@pytest.mark.parametrize(
    "sentence",
    [
        "Cơ sở vi phạm bị xử phạt theo quy định",
        "Nhà thầu không nộp bảo lãnh thì chấm dứt hợp đồng",
        "Các xã không báo cáo coi như không có nhu cầu",
        "Các thành viên làm việc theo chế độ kiêm nhiệm",
        "Phê bình UBND xã An Đổ nộp chậm; UBND xã Tràng An không cử người",
        "Thành phần: Lãnh đạo huyện; UBND các xã mỗi xã 02 người",
        "Bà Trần Thị Nhẫn, Trưởng Phòng Y tế - Tổ phó thường trực",
    ],
)
def test_what_blames_warns_or_frames_gives_nobody_a_duty(sentence: str) -> None:
    assert parties(f"1. {sentence}.\n2. Phòng Y tế kiểm kê thuốc") == [(["Phòng Y tế"], [])]


@pytest.mark.parametrize("title", ["MỤC ĐÍCH, YÊU CẦU", "KINH PHÍ THỰC HIỆN", "ĐÁNH GIÁ TÌNH HÌNH"])
def test_sections_on_aims_money_and_the_past_give_nobody_a_duty(title: str) -> None:
    words = f"I. {title}\n1. Các xã chọn sản phẩm tiêu biểu.\nII. NHIỆM VỤ\n1. Phòng Y tế kiểm kê thuốc"
    assert parties(words) == [(["Phòng Y tế"], [])]


def test_what_is_given_in_so_many_words_is_a_duty_in_such_a_section_too() -> None:
    words = "I. ĐÁNH GIÁ TÌNH HÌNH\n1. Giao Phòng Tư pháp xác minh đơn thư.\nII. NHIỆM VỤ\n1. Phòng Y tế kiểm kê thuốc"
    assert parties(words) == [(["Phòng Tư pháp"], []), (["Phòng Y tế"], [])]


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("Phòng Y tế chủ trì, phối hợp với Công an huyện", (["Phòng Y tế"], ["Công an huyện", "Phòng Tư pháp"])),
        ("Chủ trì: Phòng Y tế; phối hợp: Công an huyện", (["Phòng Y tế"], ["Công an huyện", "Phòng Tư pháp"])),
        ("Phòng Y tế (chủ trì), Công an huyện", (["Phòng Y tế"], ["Công an huyện", "Phòng Tư pháp"])),
        ("Phòng Y tế, Công an huyện", (["Phòng Y tế", "Công an huyện"], ["Phòng Tư pháp"])),
    ],
)
def test_a_cell_that_names_lead_and_others_is_read_as_both(cell: str, told: Parties) -> None:
    rows = f"TT | Nội dung | Đơn vị thực hiện | Đơn vị phối hợp | Thời gian\n1 | Phát tờ rơi | {cell} | Phòng Tư pháp | Tháng 4/2024"
    assert parties(rows) == [told]


def test_a_cell_with_nobody_in_it_names_nobody() -> None:
    rows = "TT | Nội dung | Đơn vị thực hiện | Đơn vị phối hợp | Thời gian\n1 | Phát tờ rơi | Phòng Y tế | Không | Tháng 4/2024"
    assert parties(rows) == [(["Phòng Y tế"], [])]


def test_a_unit_is_named_once_however_its_first_letter_is_written() -> None:
    rows = "Các Thôn họp dân, cùng các thôn đắp đường; phối hợp với Hội Nông dân huyện, hội Nông dân huyện chở cát"
    assert parties(rows) == [(["Các Thôn"], ["Hội Nông dân huyện"])]
