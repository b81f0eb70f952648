"""A country or subdivision -> its public holidays, from the holidays library (the extra `[holidays]`), with the years that it knows."""

import re
import warnings
from functools import lru_cache

from dosecal.diagnostic import Diagnostic
from dosecal.participant import HolidayCalendar
from dosecal.study_time import FIRST_DATE, LAST_DATE

_NEEDED = "install it: pip install 'dosecal[holidays]', or list the closing days under `closed`"


@lru_cache(maxsize=16)
def holidays_of(code: str) -> HolidayCalendar | Diagnostic:
    """The public holidays of `code` ("GB-SCT", "US"), or what is wrong with it and the mend.

    The library returns nothing for years that it does not know, so the calendar says which it knows; a date outside them is refused later.
    """
    try:
        import holidays  # noqa: PLC0415  (an extra, and slow to import)
        from holidays.version import __version__ as version  # noqa: PLC0415
    except ImportError:
        return Diagnostic("holidays", "public holidays need the holidays library", _NEEDED)
    country, _, subdivision = code.partition("-")
    known = holidays.list_supported_countries()
    if country not in known:
        mend = "write the two letters of a country, as in GB, and a subdivision after them, as in GB-SCT"
        return Diagnostic("holidays", f"`{country}` is no country whose public holidays are known", mend)
    if subdivision and subdivision not in known[country]:
        mend = f"write one of its subdivisions: {', '.join(known[country])}" if known[country] else f"write {country} alone"
        return Diagnostic("holidays", f"`{country}` has no subdivision `{subdivision}` with holidays of its own", mend)
    entity = type(holidays.country_holidays(country))
    first, last = max(entity.start_year, FIRST_DATE.year), min(entity.end_year, LAST_DATE.year)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        days = holidays.country_holidays(country, subdiv=subdivision or None, years=range(first, last + 1), expand=False)
    for warning in told:  # some calendars are known for fewer years than their class says
        span = re.search(r"only from (\d{4}) to (\d{4})", str(warning.message))
        if span is not None:
            first, last = max(first, int(span[1])), min(last, int(span[2]))
    kept = frozenset(day for day in days if first <= day.year <= last)
    return HolidayCalendar(name=code, days=kept, first_year=first, last_year=last, source=f"holidays {version}")
