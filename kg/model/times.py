"""Dates as documents give them (EDTF), as first and last day."""

from __future__ import annotations

import calendar
import re
from typing import Final

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
