"""Rules of reading, each given as a sentence that an office would write, and what is read out of it."""

import pytest

from services.directives.intake.findings import Duty
from services.directives.intake.phrases import is_by_reference
from services.directives.intake.reading import read
from services.directives.intake.units import is_collective

HEAD = "ỦY BAN NHÂN DÂN\nHUYỆN BÌNH LỤC\nSố: 15/UBND-VP\nBình Lục, ngày 04 tháng 3 năm 2024\n\nKính gửi: Các phòng, ban của huyện\n\n"
OPENING = "Chủ tịch UBND huyện yêu cầu:\n"


def tasks(body: str) -> list[tuple[list[str], list[str], list[str]]]:
    """Return the leads, the coordinating units and the phrases of each task of a letter with this body."""
    return [_told(task) for task in read(HEAD + OPENING + body + "./.").tasks]


def _told(task: Duty) -> tuple[list[str], list[str], list[str]]:
    return (
        [each.value for each in task.lead],
        [each.value for each in task.coordinating],
        [each.phrase.value for each in task.deadlines],
    )


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        ("gửi lịch cho từng xã trước khi làm việc ít nhất 05 ngày làm việc", "trước khi làm việc ít nhất 05 ngày làm việc"),
        ("sơ kết phong trào vào dịp 08/3/2020", "vào dịp 08/3/2020"),
        ("ra quân dọn vệ sinh vào ngày Chủ nhật cuối tháng", "vào ngày Chủ nhật cuối tháng"),
        ("trao áo ấm cho học sinh trong tuần thứ ba của tháng 01/2018", "trong tuần thứ ba của tháng 01/2018"),
        ("chi trả trợ cấp trong thời hạn 15 ngày kể từ ngày nhận đủ hồ sơ", "trong thời hạn 15 ngày kể từ ngày nhận đủ hồ sơ"),
        ("nộp biên bản không trễ hơn ngày 10/4/2012", "không trễ hơn ngày 10/4/2012"),
        ("báo cáo nhanh 02 lần/ngày, trước 06 giờ và trước 17 giờ", "02 lần/ngày, trước 06 giờ và trước 17 giờ"),
        (
            "dự thảo hồ sơ thầu trong vòng 3 tuần kể từ ngày ban hành Chương trình này",
            "trong vòng 3 tuần kể từ ngày ban hành Chương trình này",
        ),
        ("mở lớp dạy nghề, khai giảng đầu tháng 5/2024", "đầu tháng 5/2024"),
        ("tiêm cho trẻ từ 2 đến 5 tuổi, hoàn thành trong 03 ngày tới", "trong 03 ngày tới"),
        ("rà soát danh sách, xong tuần 2 tháng 9", "tuần 2 tháng 9"),
        ("báo cáo Sở theo đúng thời gian quy định", "đúng thời gian quy định"),
    ],
)
def test_a_deadline_is_found_from_its_first_word_to_its_last(words: str, phrase: str) -> None:
    assert tasks(f"1. Phòng Nội vụ {words}")[0][2] == [phrase]


def test_a_rule_far_from_the_verb_of_reporting_tells_how_and_not_when() -> None:
    how = "báo cáo đầy đủ cho Sở Công Thương các thông tin, số liệu phục vụ việc giá bán, lượng hàng tồn kho và chi phí theo quy định"
    assert tasks(f"1. Phòng Kinh tế {how}")[0][2] == []


@pytest.mark.parametrize(
    ("sentence", "leads"),
    [
        ("Văn phòng HĐND và UBND phường hoặc Phòng Văn hóa làm đầu mối tập huấn", ["Văn phòng HĐND và UBND phường", "Phòng Văn hóa"]),
        ("Phòng Tài nguyên và Môi trường giúp Chủ tịch UBND huyện kiểm tra", ["Phòng Tài nguyên và Môi trường"]),
        ("Tổ Quản lý bán trú kiểm tra cửa phòng ở", ["Tổ Quản lý bán trú"]),
        ("Báo và phát thanh, truyền hình Hà Nam đưa tin về bệnh án điện tử", ["Báo và phát thanh, truyền hình Hà Nam"]),
        ("Sở Lao động - Thương binh và Xã hội chủ trì rà soát đối tượng", ["Sở Lao động - Thương binh và Xã hội"]),
        ("Thương nhân đầu mối kinh doanh xăng dầu lập kế hoạch nhập hàng", ["Thương nhân đầu mối kinh doanh xăng dầu"]),
        ("Các thành viên Chính phủ bố trí công việc để dự họp", ["Các thành viên Chính phủ"]),
        ("Đội Cảnh sát giao thông tuần tra trên quốc lộ", ["Đội Cảnh sát giao thông"]),
        ("Các tổ chức chính trị - xã hội giám sát việc chi trả", ["Các tổ chức chính trị - xã hội"]),
        ("Trung tâm Giống cây trồng, vật nuôi tỉnh cung ứng lúa giống", ["Trung tâm Giống cây trồng, vật nuôi tỉnh"]),
        ("Hợp tác xã Dịch vụ nông nghiệp Yên Bình vớt bèo", ["Hợp tác xã Dịch vụ nông nghiệp Yên Bình"]),
        ("Cơ quan Thường trực Ban Chỉ đạo 389 huyện lập kế hoạch", ["Cơ quan Thường trực Ban Chỉ đạo 389 huyện"]),
        ("Phòng Nội vụ, Phòng Y tế mỗi đơn vị cử 01 cán bộ", ["Phòng Nội vụ", "Phòng Y tế"]),
        ("HĐND, UBND các xã, thị trấn niêm yết danh sách cử tri", ["HĐND, UBND các xã, thị trấn"]),
    ],
)
def test_a_name_is_read_whole_and_ends_where_what_is_to_be_done_begins(sentence: str, leads: list[str]) -> None:
    assert [task[0] for task in tasks(f"1. {sentence}")] == [leads]


@pytest.mark.parametrize(
    "sentence",
    [
        "Đơn vị nào nộp chậm sẽ không được xét thi đua",
        "Các doanh nghiệp thứ cấp nên ưu tiên người địa phương",
        "Trường hợp có vướng mắc, các đơn vị phản ánh về Phòng Nội vụ",
        "Thường trực Huyện ủy thống nhất phương án di dời chợ",
        "Mọi cán bộ phải gương mẫu đi đầu hiến đất làm đường",
        "Tổ công tác tự giải thể sau khi hoàn thành nhiệm vụ",
        "Các phòng, ban nghiên cứu Công văn số 214/UBND-VX ngày 05/02/2024 của UBND tỉnh để triển khai thực hiện.",
    ],
)
def test_a_condition_an_advice_or_an_exhortation_is_no_task(sentence: str) -> None:
    assert tasks(f"1. Phòng Nội vụ lập danh sách\n2. {sentence}") == [(["Phòng Nội vụ"], [], [])]


def test_the_head_of_those_who_lead_is_no_other_lead() -> None:
    told = tasks("1. Các phòng, ban không dùng chai nhựa; người đứng đầu ký cam kết, nộp về Phòng Nội vụ trước ngày 20/12/2019")
    assert told == [(["Các phòng, ban"], [], ["trước ngày 20/12/2019"])]


def test_two_meetings_with_a_day_each_are_two_tasks() -> None:
    told = tasks("1. Phòng Nội vụ tổ chức họp sơ kết trước ngày 10 tháng 7 năm 2024, hội nghị tổng kết vào giữa tháng 12 năm 2024")
    assert [task[2] for task in told] == [["trước ngày 10 tháng 7 năm 2024"], ["vào giữa tháng 12 năm 2024"]]


def test_a_duty_that_counts_from_the_day_of_force_is_a_task() -> None:
    told = tasks("1. Sở Công Thương điều hành giá xăng kể từ ngày Nghị quyết này có hiệu lực thi hành")
    assert [task[0] for task in told] == [["Sở Công Thương"]]


def test_a_time_before_an_event_names_no_day_of_its_own() -> None:
    assert is_by_reference("trước khi làm việc ít nhất 05 ngày làm việc")
    assert not is_by_reference("trước ngày 05/3/2024")


@pytest.mark.parametrize(("name", "is_many"), [("Ban nhân dân 07 thôn", True), ("Chủ đầu tư", False), ("UBND phường 07", False)])
def test_a_number_of_places_makes_a_name_one_of_many(name: str, is_many: bool) -> None:  # noqa: FBT001
    assert is_collective(name) is is_many


def test_a_header_typed_without_accents_names_its_area_in_the_next_line() -> None:
    issuer = read(
        "UY BAN NHAN DAN\nHUYEN BINH LUC\nSo: 15/CT-UBND\nBinh Luc, ngay 04 thang 3 nam 2024\n\nCHỈ THỊ\nVề vệ sinh\n"
    ).head.issuer
    assert issuer is not None
    assert issuer.value == "UBND huyen Binh Luc"


def test_labels_below_an_item_say_who_with_whom_and_when() -> None:
    body = (
        "1. Xây dựng đề án phát triển du lịch.\n- Đơn vị chủ trì: Phòng Văn hóa.\n- Đơn vị phối hợp: Phòng Tài chính; UBND các xã.\n"
        "- Thời gian: Quý II/2024.\n2. Rà soát hộ nghèo\nĐơn vị thực hiện: Phòng Nội vụ\nThời gian hoàn thành: trước ngày 30/6/2024"
    )
    assert tasks(body) == [
        (["Phòng Văn hóa"], ["Phòng Tài chính", "UBND các xã"], ["Quý II/2024"]),
        (["Phòng Nội vụ"], [], ["trước ngày 30/6/2024"]),
    ]


def test_labels_behind_an_item_in_the_same_line_say_the_same() -> None:
    told = tasks("1. Lập danh sách hộ cần hỗ trợ (Cơ quan chủ trì: Phòng Nội vụ; thời hạn: tháng 5/2024)")
    assert told == [(["Phòng Nội vụ"], [], ["tháng 5/2024"])]


def test_words_that_name_nobody_are_no_label() -> None:
    assert [task[0] for task in tasks("1. Phòng Nội vụ:\na) Thực hiện: rà soát biên chế")] == [["Phòng Nội vụ"]]


def test_an_item_that_begins_where_a_line_ends_with_a_term_in_days_is_not_joined_to_it() -> None:
    told = tasks("1. Phòng Y tế phun thuốc trong 10 ngày\n2. Phòng Nội vụ lập danh sách")
    assert [task[0] for task in told] == [["Phòng Y tế"], ["Phòng Nội vụ"]]


def test_a_unit_that_has_to_act_by_a_day_has_a_task_though_nobody_is_said_to_give_it() -> None:
    (told,) = read(HEAD + "Các phòng, ban tổng hợp số liệu gửi về Phòng Nội vụ chậm nhất 16h ngày 20/3/2024./.").tasks
    assert _told(told) == (["Các phòng, ban"], [], ["chậm nhất 16h ngày 20/3/2024"])


def test_what_the_issuer_agrees_to_is_no_task() -> None:
    told = tasks("1. Thống nhất chủ trương di dời chợ.\n2. Lập phương án di dời chợ.")
    assert [task[0] for task in told] == [["Các phòng, ban của huyện"]]


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        ("nộp biểu mẫu trước 16 giờ các ngày thứ Ba", "trước 16 giờ các ngày thứ Ba"),
        ("trực báo trước 18 giờ mỗi ngày hội", "trước 18 giờ mỗi ngày hội"),
        ("gửi danh sách trước ít nhất 10 ngày", "trước ít nhất 10 ngày"),
        ("tổng hợp số máu tiếp nhận, sau mỗi đợt 02 ngày báo cáo Sở Y tế", "sau mỗi đợt 02 ngày"),
        ("giao ban vào ngày làm việc đầu tiên của tháng", "vào ngày làm việc đầu tiên của tháng"),
        ("báo cáo số hồ sơ đã giải quyết về Sở Nội vụ trước ngày 10/6/2024", "trước ngày 10/6/2024"),
        ("chốt số liệu đến ngày 31/3/2024, báo cáo UBND huyện trước ngày 05/4/2024", "trước ngày 05/4/2024"),
        ("báo cáo số liệu từ ngày 15/12/2023 đến ngày 14/6/2024, gửi trước ngày 20/6/2024", "trước ngày 20/6/2024"),
        ("lập biểu số liệu lũy kế đến tháng 5/2024, gửi Sở trước ngày 03/6/2024", "trước ngày 03/6/2024"),
        ("gửi số liệu về Sở Tài chính đến hết ngày 30/6/2024", "đến hết ngày 30/6/2024"),
        ("trực ban đến hết ngày 30/6/2024", "đến hết ngày 30/6/2024"),
    ],
)
def test_a_time_of_a_report_is_told_from_the_days_of_its_figures(words: str, phrase: str) -> None:
    assert [task[2] for task in tasks(f"1. Phòng Nội vụ {words}")] == [[phrase]]


@pytest.mark.parametrize("words", ["thống kê số liệu đến hết ngày 31/12/2023", "tổng hợp kết quả (số liệu chốt đến hết ngày 30/6/2024)"])
def test_a_day_at_which_figures_are_cut_off_is_no_deadline(words: str) -> None:
    assert tasks(f"1. Phòng Nội vụ {words}")[0][2] == []


def test_what_was_reported_before_a_day_is_no_task() -> None:
    assert tasks("1. Phòng Nội vụ lập biểu\n2. Phòng Y tế đã gửi báo cáo về Sở Y tế trước ngày 10/6/2024") == [(["Phòng Nội vụ"], [], [])]


@pytest.mark.parametrize(
    ("sentence", "lead"),
    [
        ("Xây dựng phương án trực bão do Phòng Nông nghiệp chủ trì, hoàn thành trước ngày 15/4/2024", "Phòng Nông nghiệp"),
        ("Việc kiểm kê tài sản do Phòng Tài chính - Kế hoạch chủ trì thực hiện", "Phòng Tài chính - Kế hoạch"),
        ("Rà soát quy hoạch chợ (do Phòng Kinh tế chủ trì)", "Phòng Kinh tế"),
        ("Tổ chức hội nghị tổng kết do Phòng Nội vụ chủ trì, trong tháng 12/2024", "Phòng Nội vụ"),
        ("Góp ý dự thảo do Sở Tư pháp chủ trì soạn thảo, gửi trước ngày 10/6/2024", "Các phòng, ban của huyện"),
        ("Báo cáo kết quả cuộc họp do Sở Y tế chủ trì, gửi trước ngày 10/6/2024", "Các phòng, ban của huyện"),
        ("Tổ công tác liên ngành do Phòng Nội vụ làm tổ trưởng kiểm tra các chợ", "Tổ công tác liên ngành"),
    ],
)
def test_a_lead_may_be_named_behind_the_duty(sentence: str, lead: str) -> None:
    assert [task[0] for task in tasks(f"1. {sentence}")] == [[lead]]


def test_a_heading_shares_those_who_take_part_with_the_items_below_it() -> None:
    told = tasks("1. Phòng Kinh tế phối hợp với Hội Nông dân:\na) Lập danh sách hộ nuôi cá;\nb) Cùng Phòng Thuế thu phí chợ")
    assert [(task[0], sorted(task[1])) for task in told] == [
        (["Phòng Kinh tế"], ["Hội Nông dân"]),
        (["Phòng Kinh tế"], ["Hội Nông dân", "Phòng Thuế"]),
    ]


def test_those_who_take_part_with_one_unit_do_not_take_part_with_the_next() -> None:
    told = tasks("1. Phòng Kinh tế phối hợp với Hội Nông dân:\na) Lập danh sách hộ nuôi cá\n2. Phòng Y tế:\na) Phun thuốc muỗi")
    assert told[-1] == (["Phòng Y tế"], [], [])


def test_what_a_unit_below_its_heading_has_to_ask_of_others_is_its_own_task() -> None:
    told = tasks("1. Ban Quản lý chợ:\na) Yêu cầu nhà thầu lợp lại mái trước ngày 10/10/2024\n2. Yêu cầu Phòng Y tế phun thuốc muỗi")
    assert [task[0] for task in told] == [["Ban Quản lý chợ"], ["Phòng Y tế"]]


def test_a_topic_may_stand_before_the_unit_that_acts() -> None:
    assert [task[0] for task in tasks("1. Chế độ thông tin: Công an huyện báo cáo trước 18 giờ mỗi ngày thi")] == [["Công an huyện"]]


def test_duties_counted_by_ordinals_keep_their_numbers() -> None:
    told = read(HEAD + OPENING + "Thứ nhất, Phòng Y tế phun thuốc.\n\nThứ tư, Phòng Nội vụ lập biểu./.").tasks
    assert [task.number.value for task in told] == ["1", "4"]


def test_an_article_without_a_name_is_decided_by_the_issuer_itself() -> None:
    decided = read(HEAD + OPENING + "Điều 1. Thành lập Tổ kiểm tra chợ.\n\nĐiều 2. Giao Phòng Nội vụ lập danh sách tổ viên./.").tasks
    assert [[each.value for each in task.lead] for task in decided] == [["Phòng Nội vụ"]]


def test_a_second_duty_that_was_wrapped_after_a_semicolon_is_read() -> None:
    first = "1. Ban Chỉ đạo các xã căn cứ chỉ tiêu được giao lập kế hoạch của xã, gửi về Ban Chỉ đạo huyện trước ngày 08/3/2024;"
    told = tasks(first + "\nsau mỗi đợt 03 ngày báo cáo kết quả")
    assert [task[2] for task in told] == [["trước ngày 08/3/2024"], ["sau mỗi đợt 03 ngày"]]


@pytest.mark.parametrize(
    ("header", "issuer"),
    [
        ("SỞ NỘI VỤ\nVĂN PHÒNG SỞ", "Văn phòng Sở Nội vụ"),
        ("BỘ CÔNG THƯƠNG\nVĂN PHÒNG BỘ", "Văn phòng Bộ Công Thương"),
        ("CỤC HÀNG HẢI\nTHANH TRA CỤC", "Thanh tra Cục Hàng Hải"),
        ("UBND HUYỆN KIM BẢNG\nPHÒNG NỘI VỤ HUYỆN", "Phòng Nội vụ huyện Kim Bảng"),
        ("BẢO HlỂM XÃ HỘI TỈNH HÀ NAM", "Bảo hiểm xã hội tỉnh Hà Nam"),
        ("UY BAN NHÂN DÂN\nTHÀNH PHÔ PHỦ LÝ", "UBND thành Phô Phủ Lý"),
        ("Biên bản kiểm tra", None),
    ],
)
def test_a_header_is_read_through_slips_and_through_the_unit_above(header: str, issuer: str | None) -> None:
    found = read(f"{header}\nSố: 15/TB-VP\nHà Nội, ngày 04 tháng 3 năm 2024\n\nTHÔNG BÁO\nVề lịch trực\n").head.issuer
    assert (found.value if found else None) == issuer


def test_several_units_that_have_to_agree_have_a_task() -> None:
    told = tasks("1. Công an huyện và Tòa án nhân dân huyện thống nhất danh mục án điểm trong quý I/2024")
    assert told == [(["Công an huyện", "Tòa án nhân dân huyện"], [], ["trong quý I/2024"])]


def test_a_closing_line_that_asks_for_a_report_is_a_task_of_those_written_to() -> None:
    body = "1. Phòng Y tế phun thuốc trước ngày 01/6/2024.\nBáo cáo kết quả về Sở Y tế trước ngày 20/6/2024"
    assert tasks(body)[1] == (["Các phòng, ban của huyện"], [], ["trước ngày 20/6/2024"])


def test_to_tell_others_is_a_task_but_a_letter_that_tells_is_none() -> None:
    body = "1. Phòng Giáo dục thông báo cho các trường lịch thi.\n2. Văn phòng thông báo để các đơn vị biết, thực hiện"
    assert [task[0] for task in tasks(body)] == [["Phòng Giáo dục"]]


def test_those_who_are_inspected_are_named_so_by_a_heading() -> None:
    assert tasks("1. Hiệu trưởng các trường được kiểm tra\na) Nộp hồ sơ; cử người phối hợp") == [
        (["Hiệu trưởng các trường được kiểm tra"], [], [])
    ]


def test_a_members_place_on_a_board_is_no_task() -> None:
    told = read(
        HEAD + "Điều 1. Lập Ban Chỉ huy gồm:\n1. Ông Ngô Văn Bảy - Chủ tịch UBND xã: Trưởng ban.\n\nĐiều 2. Giao Phòng Nội vụ in sổ./."
    )
    assert [[each.value for each in task.lead] for task in told.tasks] == [["Phòng Nội vụ"]]
