"""Which period an occurrence belongs to: 2021, 2021-Q2, 2021-05, 2021-W19 or 2021-05-14, by how often a duty comes back a year."""

from datetime import date

QUARTERS = 4
MONTHS_OF_QUARTER = 3


def period_of(recurrence: str, last_good_day: date) -> str:
    """Return the period of the occurrence whose last good day (before days off moved it) is given; `recurrence` is an RRULE."""
    parts = dict(part.split("=", 1) for part in recurrence.split(";"))
    match parts["FREQ"]:
        case "DAILY":
            return last_good_day.isoformat()
        case "WEEKLY":
            year, week, _ = last_good_day.isocalendar()
            return f"{year}-W{week:02}"
        case "MONTHLY" if "BYMONTH" not in parts:
            return f"{last_good_day:%Y-%m}"
        case _:
            return _of_some_days(parts, last_good_day)


def _of_some_days(parts: dict[str, str], day: date) -> str:
    times = len((parts.get("BYYEARDAY") or parts["BYMONTH"]).split(","))
    if times == 1:
        return f"{day.year}"
    if times == QUARTERS:
        return f"{day.year}-Q{(day.month - 1) // MONTHS_OF_QUARTER + 1}"
    return f"{day:%Y-%m}"
