"""What the timeline's lines say of events."""

from typing import Any

import pytest
from jinja2 import Environment, PackageLoader, StrictUndefined

from shared.web.pages import say_day, say_machine, say_moment

DUE = "2021-04-15T17:00:00Z"


def said(name: str, data: dict[str, Any]) -> str:
    environment = Environment(loader=PackageLoader("services.directives"), autoescape=True, undefined=StrictUndefined)
    environment.filters |= {"day": say_day, "moment": say_moment, "machine": say_machine}
    return str(environment.get_template("_labels.html").make_module().said(name, data)).strip()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ({"on_time": True, "due": DUE}, ": Nộp báo cáo, đúng hạn"),
        ({"on_time": False, "due": DUE}, ": Nộp báo cáo, quá hạn"),
        ({"on_time": True}, ": Nộp báo cáo, thời hạn chưa xác định"),
        ({"on_time": True, "due": None}, ": Nộp báo cáo, thời hạn chưa xác định"),
    ],
)
def test_what_meets_a_deadline_is_called_in_time_only_where_the_deadline_is_known(data: dict[str, Any], line: str) -> None:
    assert said("deadline-met", {"name": "Nộp báo cáo", **data}) == line
