"""What the end of the story shows of mail: as its reader gets it."""

from pathlib import Path

import msgspec

from deploy.demo.told import show_mail
from deploy.local.mailbox import INDEX, Caught

MAIL = """\
From: =?utf-8?b?xJDDtG4gxJDhu5Fj?= <don-doc@huyen.example>
To: =?utf-8?b?VsSDbiBwaMOybmcgQ+G6pXAg4buneSAtIEjEkE5EIHbDoCBVQk5EIHRo4buL?=
 =?utf-8?b?IHjDoyBQaMaw4bubYyBMb25n?=
 <vanphong@huyen.example>
Subject: =?utf-8?b?UXXDoSBo4bqhbg==?=
Message-ID: <1@huyen.example>
Content-Type: text/plain; charset=utf-8

Kinh gui
"""


def test_a_long_name_is_shown_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "0001.eml").write_text(MAIL)
    caught = Caught("0001.eml", "don-doc@huyen.example", ("vanphong@huyen.example",), "<1@huyen.example>", "Quá hạn")
    (tmp_path / INDEX).write_bytes(msgspec.json.encode(caught) + b"\n")
    lines = show_mail(tmp_path)
    assert "    │ From: Đôn Đốc <don-doc@huyen.example>" in lines
    assert "    │ To: Văn phòng Cấp ủy - HĐND và UBND thị xã Phước Long <vanphong@huyen.example>" in lines
    assert "    │ Subject: Quá hạn" in lines
