"""Dates as documents give them (EDTF), as first and last day; and how things stand on a day."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from kg.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

_DAY: Final = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-[0-9]{2})?)?")
_DATE: Final = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?[~?%]?$")
_SEASONS: Final = {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 12)}
"""Northern seasons by month; winter is held to December, its only month in the year."""


def bounds(edtf: str) -> tuple[str, str]:
    """Return first and last day of an EDTF value, empty where it is open or absent.

    Understood are years, months, seasons, days, `~` and `?`, and intervals with open ends.

    Example:
        >>> bounds("2011-02"), bounds("2019-21")
        (('2011-02-01', '2011-02-28'), ('2019-03-01', '2019-05-31'))
        >>> bounds("2009-04/2010-03"), bounds("../2019-12"), bounds("")
        (('2009-04-01', '2010-03-31'), ('', '2019-12-31'), ('', ''))
    """
    if "/" in edtf:
        first, last = edtf.split("/", 1)
        return bounds(first)[0], bounds(last)[1]
    match = _DATE.match(edtf)
    if not match:
        return "", ""
    year, month, day = match.groups()
    if day:
        return f"{year}-{month}-{day}", f"{year}-{month}-{day}"
    if month is None:
        return f"{year}-01-01", f"{year}-12-31"
    first_month, last_month = _SEASONS.get(int(month), (int(month), int(month)))
    if not 1 <= first_month <= last_month <= len(calendar.month_name) - 1:
        return "", ""
    end = calendar.monthrange(int(year), last_month)[1]
    return f"{year}-{first_month:02}-01", f"{year}-{last_month:02}-{end:02}"


def is_interval(edtf: str) -> bool:
    """Tell whether an EDTF value says a first or a last day, and the first is not the later one.

    Example:
        >>> is_interval("../2013-03-31"), is_interval("2013/2011"), is_interval("2011-13")
        (True, False, False)
    """
    first, last = bounds(edtf)
    ends = edtf.split("/", 1) if "/" in edtf else [edtf]
    read = all(end in ("", "..") or bounds(end) != ("", "") for end in ends)
    return read and bool(first or last) and not (first and last and first > last)


def admits(edtf: str, day: str) -> bool:
    """Tell whether a day may lie in an EDTF value; nothing said admits every day.

    Example:
        >>> admits("2011-02/2013", "2011-02-01"), admits("../2013-03-31", "2013-04-01")
        (True, False)
    """
    first, last = bounds(edtf)
    return (not first or first <= day) and (not last or day <= last)


def is_day(text: str) -> bool:
    """Tell whether a text is a day of the calendar, written as 2011-02-02.

    Example:
        >>> is_day("2012-02-29"), is_day("2011-02-29"), is_day("20110202")
        (True, False, False)
    """
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def next_day(day: str) -> str:
    """Return the day after an ISO day; the last day of the calendar has none and is returned.

    Example:
        >>> next_day("2012-02-29"), next_day("2013-12-31")
        ('2012-03-01', '2014-01-01')
    """
    try:
        return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return day


def parse_day(text: str, today: Callable[[], date] | None = None) -> str:
    """Read the day that a question is about: an ISO day, a month, a year, or `today`.

    Args:
        text: What somebody wrote; a month or a year means its last day.
        today: Tells the current day; the clock of the computer when left out.

    Returns:
        The day as `2011-02-02`.

    Raises:
        SettingsError: If it is no day.

    Example:
        >>> parse_day("2011-02-02"), parse_day("2012-02"), parse_day("2011")
        ('2011-02-02', '2012-02-29', '2011-12-31')
        >>> parse_day("today", lambda: date(2011, 3, 1))
        '2011-03-01'
    """
    wanted = text.strip()
    if wanted.lower() == "today":
        return (_today() if today is None else today()).isoformat()
    last = bounds(wanted)[1] if _DAY.fullmatch(wanted) else ""
    try:
        return date.fromisoformat(last).isoformat()
    except ValueError as error:
        raise SettingsError(
            "day",
            f"{text!r} is no day",
            hint="write 2011-02-02, or 2011-02 or 2011 for the last day of either, or today",
        ) from error


def _today() -> date:
    """Return the current day where the computer stands."""
    return datetime.now().astimezone().date()


@dataclass(frozen=True, slots=True)
class Life:
    """How something stands on a day: not yet, in force, superseded, ended, or past its term."""

    state: str = "in-force"
    """`not-yet`, `in-force`, `superseded`, `ended`, or `complete`."""
    since: str = ""
    """The first day of that state, if it is known; of `not-yet` the first day after it."""
    by: str = ""
    """What superseded it."""
    of: str = ""
    """What this is true of, where the thing itself only shares it: its instrument or whole."""

    @property
    def live(self) -> bool:
        """Whether it counts on that day."""
        return self.state == "in-force"

    @property
    def lapsed(self) -> bool:
        """Whether it was in force before, and is so no longer."""
        return self.state in ("superseded", "ended")

    def words(self, name: str = "it") -> str:
        """Say it in words, of something with a name.

        Example:
            >>> Life("superseded", "2011-02-02", "no-health").words("new-horizons")
            'new-horizons was superseded by no-health on 2011-02-02'
            >>> Life("ended", "2012-04-01", of="worcestershire-2009").words()
            'worcestershire-2009, to which it belongs, ended on 2012-03-31'
        """
        subject = f"{self.of}, to which {name} belongs," if self.of else name
        return f"{subject} {self._predicate()}"

    def _predicate(self) -> str:
        last = _day_before(self.since)
        if self.state == "not-yet":
            return f"begins on {self.since} at the earliest"
        if self.state == "superseded":
            return f"was superseded by {self.by}" + (f" on {self.since}" if self.since else "")
        if self.state == "ended":
            return f"ended on {last}"
        if self.state == "complete":
            return f"was due by {last}, whether or not it was done"
        return (
            f"began on {self.since} at the earliest" if self.since else "has no date that ends it"
        )


def _day_before(day: str) -> str:
    try:
        return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return day
