"""The day a directive was issued: nothing that it brings about happens before it."""

from datetime import date

from services.directives.domain.dates import shown
from services.directives.domain.refusals import refused
from services.directives.domain.state import Directive


def require_not_before_issue(directive: Directive, day: date | None, pointer: str) -> None:
    """Raise FactRefusedError (`before-issue`) when a day lies before the directive's date of issue; a draft may have none."""
    if day is not None and directive.issued_on is not None and day < directive.issued_on:
        raise refused("before-issue", pointer, day=shown(day), issued_on=shown(directive.issued_on))
