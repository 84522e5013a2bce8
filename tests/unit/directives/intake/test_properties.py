"""Whatever a text is, it is read without an error, its spans lie inside it, and the same text always comes to the same facts."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from services.directives.intake.flow import even
from services.directives.intake.reading import read
from tests.support.letters import LETTERS, dev, leaves, proposal

WORDS = st.sampled_from(
    [
        "Kính gửi:", "Sở Y tế", "UBND",
        "các xã, phường", "1.", "a)", "-", "+", "I.", "Điều 2.", "báo cáo", "trước ngày 16/4/2021", "; ", ". ", ":", "\n",
        "\n\n", "\t", "     ", "|", "TT | Nội dung | Chủ trì", "Số: ", "12/UBND-NC", "./.", "Nơi nhận:", "TM. ỦY BAN NHÂN DÂN", "Giao",
        "phối hợp với",
        "trong tháng 4", "ngày  tháng  năm 2021", "V/v", "QUYẾT ĐỊNH", "kế hoạch tổ chức hội nghị", "(", ")", "MẬT", "HỎA TỐC",
        "định kỳ hằng tháng",
        "\u0301", "\u00ad", "\u200b", "\r\n", "\x85", "İ", "ß", "ﬁ", "각", "가", "\U0001f600", "đ", "uỷ", "và", ",",
    ]
)  # fmt: skip
SOUP = st.lists(WORDS | st.text(max_size=5), max_size=60).map(" ".join) | st.lists(WORDS, max_size=60).map("".join)
MANGLED = st.tuples(st.sampled_from([path.stem for path in LETTERS]), st.integers(0, 2_000), st.integers(0, 400), st.text(max_size=20)).map(
    lambda each: dev(each[0])[: each[1]] + each[3] + dev(each[0])[each[1] + each[2] :]
)


@settings(max_examples=150, deadline=None)
@given(text=SOUP | MANGLED | st.text(max_size=200))
def test_any_text_is_read_and_its_spans_lie_inside_it(text: str) -> None:
    told = proposal(text)
    assert told == proposal(text)
    spans = [leaf["span"] for leaf in leaves(told.document) if leaf["span"]]
    spans += [list(question.span) for question in told.questions if question.span]
    spans += [span for each in told.document["spans"].values() for span in each.values()]
    assert all(0 <= start <= end <= len(text) for start, end in spans)


@settings(max_examples=150, deadline=None)
@given(text=SOUP | MANGLED)
def test_composed_and_decomposed_text_come_to_the_same(text: str) -> None:
    composed, apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert even(composed).text == even(apart).text
    assert [task.content.value for task in read(composed).tasks] == [task.content.value for task in read(apart).tasks]


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=100))
def test_each_sign_of_an_even_text_comes_from_a_place_in_order(text: str) -> None:
    flow = even(text)
    assert len(flow.text) == len(flow.starts) == len(flow.ends) == len(flow.low) == len(flow.plain)
    assert all(0 <= start < end <= len(text) for start, end in zip(flow.starts, flow.ends, strict=True))
    assert list(flow.starts) == sorted(flow.starts)
