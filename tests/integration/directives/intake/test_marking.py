"""A letter's text cut into pieces by what was read in it."""

from hypothesis import given
from hypothesis import strategies as st

from services.directives.intake.flow import Span
from services.directives.intake.marking import cut, leaves

SPANS = st.dictionaries(st.text("abc", min_size=1, max_size=3), st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8)


def test_what_lies_within_another_value_is_named_first() -> None:
    pieces = cut("Giao Phòng Nội vụ trước ngày 16/4", {"content": (0, 33), "lead": (5, 17), "phrase": (18, 33)})
    assert [(piece.text, piece.names) for piece in pieces] == [
        ("Giao ", ("content",)), ("Phòng Nội vụ", ("lead", "content")), (" ", ("content",)),
        ("trước ngày 16/4", ("phrase", "content")),
    ]  # fmt: skip


def test_a_text_without_values_is_one_piece_and_no_text_is_none() -> None:
    assert [piece.text for piece in cut("abc", {})] == ["abc"]
    assert cut("", {"x": (0, 5)}) == []


@given(st.text(max_size=25), SPANS)
def test_the_pieces_are_the_text_and_each_value_covers_what_its_span_says(text: str, spans: dict[str, Span]) -> None:
    pieces = cut(text, spans)
    assert "".join(piece.text for piece in pieces) == text
    for name, (start, end) in spans.items():
        assert "".join(piece.text for piece in pieces if name in piece.names) == text[start:end]
    assert all(piece.text == text[piece.start : piece.start + len(piece.text)] != "" for piece in pieces)


def test_values_are_found_wherever_they_stand_in_a_document() -> None:
    document = {"fields": {"number": {"value": 612, "span": [3, 6]}}, "tasks": [{"lead": {"value": None, "span": None}, "note": "x"}]}
    assert list(leaves(document)) == [("/fields/number", 612, (3, 6)), ("/tasks/0/lead", None, None)]
