"""Units' names in sentences that offices write: which words belong to a name, which begin what is to be done, and names that are many."""

import pytest

from services.directives.intake.flow import even
from services.directives.intake.units import Reader, is_collective


def names(sentence: str) -> list[str]:
    """Return the names that a sentence begins with."""
    flow = even(sentence)
    units = Reader().read(flow, 0)
    return [flow.text[slice(*name)] for name in units.names] if units else []


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("Phòng Quản lý thu đối chiếu sổ", "Phòng Quản lý thu"),
        ("Phòng Quản lý thu nợ thuế của các hộ kinh doanh", "Phòng Quản lý"),
        ("Phòng Kiểm tra lập kế hoạch kiểm tra quý II", "Phòng Kiểm tra"),
        ("Trung tâm Quản lý khai thác công trình thủy lợi mở cống", "Trung tâm Quản lý khai thác công trình thủy lợi"),
        ("Trung tâm Dịch vụ việc làm tỉnh mở phiên giao dịch", "Trung tâm Dịch vụ việc làm tỉnh"),
    ],
)
def test_a_verb_belongs_to_a_name_as_what_it_is_about_where_another_verb_follows(sentence: str, name: str) -> None:
    assert names(sentence) == [name]


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("Các đơn vị sử dụng lao động nộp tiền bảo hiểm", "Các đơn vị sử dụng lao động"),
        ("Các đơn vị sử dụng tiết kiệm điện", "Các đơn vị"),
        ("Các cơ sở chăn nuôi gia cầm tiêm vắc xin cho đàn vịt", "Các cơ sở chăn nuôi gia cầm"),
        ("Các đơn vị có báo cáo gửi về Phòng Nội vụ", "Các đơn vị"),
    ],
)
def test_those_who_are_many_are_told_by_what_they_do_for_a_living(sentence: str, name: str) -> None:
    assert names(sentence) == [name]


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("UBND xã Quý Sơn truy quét cát tặc", "UBND xã Quý Sơn"),
        ("UBND xã Quý Sơn thuộc huyện Lục Ngạn dọn kênh", "UBND xã Quý Sơn thuộc huyện Lục Ngạn"),
        ("UBND các xã ven sông Đáy lập danh sách", "UBND các xã ven sông Đáy"),
        ("Đội Thuế liên huyện số 3 niêm yết mức thuế", "Đội Thuế liên huyện số 3"),
        ("Đội Quản lý trật tự đô thị nhắc hộ lấn vỉa hè", "Đội Quản lý trật tự đô thị"),
        ("Công ty TNHH Thủy lợi Nam Hà bơm nước vào kênh", "Công ty TNHH Thủy lợi Nam Hà"),
        ("Trung tâm Phục vụ hành chính công niêm yết thủ tục", "Trung tâm Phục vụ hành chính công"),
        ("Trạm Chăn nuôi và Thú y tiêm phòng dại", "Trạm Chăn nuôi và Thú y"),
        ("Phòng Chăn nuôi tiêm phòng dại", "Phòng Chăn nuôi"),
        ("Trung tâm Bảo trợ xã hội nuôi dưỡng người già", "Trung tâm Bảo trợ xã hội"),
        ("Quỹ Bảo vệ và phát triển rừng chi tiền dịch vụ", "Quỹ Bảo vệ và phát triển rừng"),
        ("Lãnh đạo chi cục ký cam kết", "Lãnh đạo chi cục"),
        ("Đoàn kiểm tra do Thanh tra huyện chủ trì làm việc với các xã", "Đoàn kiểm tra"),
    ],
)
def test_a_name_goes_on_with_words_of_names_and_with_no_other(sentence: str, name: str) -> None:
    assert names(sentence) == [name]


@pytest.mark.parametrize(
    ("sentence", "read"),
    [
        ("Sở Văn hóa, Thể thao và Du lịch thẩm định", ["Sở Văn hóa, Thể thao và Du lịch"]),
        ("Sở Văn hóa, Sở Du lịch thẩm định", ["Sở Văn hóa", "Sở Du lịch"]),
        ("Phòng Giáo dục và Đào tạo mở lớp", ["Phòng Giáo dục và Đào tạo"]),
        ("Phòng Giáo dục và Phòng Nội vụ mở lớp", ["Phòng Giáo dục", "Phòng Nội vụ"]),
        ("Văn phòng HĐND và UBND tỉnh in biên bản", ["Văn phòng HĐND và UBND tỉnh"]),
        ("Ban Quản lý dự án và nhà thầu đo lại ranh giới", ["Ban Quản lý dự án", "nhà thầu"]),
        ("UBND huyện, thành phố bố trí chỗ họp", ["UBND huyện, thành phố"]),
        ("UBND các huyện Kim Bảng, Thanh Liêm lập bản đồ", ["UBND các huyện Kim Bảng, Thanh Liêm"]),
        ("Phòng Cảnh sát phòng cháy, chữa cháy kiểm tra chợ", ["Phòng Cảnh sát phòng cháy, chữa cháy"]),
        ("Chủ đầu tư, đơn vị thi công, tư vấn giám sát nghiệm thu cống", ["Chủ đầu tư", "đơn vị thi công", "tư vấn giám sát"]),
        ("Chủ đầu tư, đơn vị tính bằng đồng", ["Chủ đầu tư"]),
    ],
)
def test_a_comma_or_and_parts_names_only_where_another_name_begins(sentence: str, read: list[str]) -> None:
    assert names(sentence) == read


@pytest.mark.parametrize(
    ("name", "is_many"),
    [
        ("Ban Quản lý các khu công nghiệp tỉnh", False),
        ("Trưởng Ban Quản lý các chợ thị xã", False),
        ("Văn phòng điều phối các chương trình mục tiêu", False),
        ("Ban Quản lý dự án các huyện", True),
        ("Các ban quản lý chợ", True),
        ("UBND các xã", True),
    ],
)
def test_a_unit_that_manages_many_things_is_one(name: str, is_many: bool) -> None:  # noqa: FBT001
    assert is_collective(name) is is_many
