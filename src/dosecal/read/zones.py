"""Zone names -> time zones, from the one source of zone data: the tzdata package, never the machine's own files.

The same dosecal and tzdata give the same calendars on every machine, and the version of the zone data is known.
"""

import os
from functools import lru_cache

import tzdata

from dosecal.diagnostic import Diagnostic, nearest
from dosecal.study_time import Zone

_FOLDER = os.path.dirname(tzdata.__file__)
_ALIKE = 0.8
"""A zone that is proposed may be taken: `EDT` must not bring up `WET`."""


@lru_cache(maxsize=64)
def zone_named(name: str) -> Zone | Diagnostic:
    """The IANA zone `name`, exactly as the IANA list spells it, or what is wrong with the name and the mend."""
    names = zone_names()
    if name in names:
        from zoneinfo import ZoneInfo  # noqa: PLC0415  (only who has clock times needs it)

        with open(os.path.join(_FOLDER, "zoneinfo", *name.split("/")), "rb") as file:
            return Zone(name, ZoneInfo.from_file(file, key=name), zone_data_version())
    near = _folded(name, names) or nearest(name, (known for known in names if "/" in known), _ALIKE)
    mend = f"did you mean `{near}`?" if near else "write a zone of the IANA list, such as America/Los_Angeles or Europe/Berlin"
    return Diagnostic("zone", f"there is no time zone `{name}`", mend)


def zone_data_version() -> str:
    """The version of the zone data: "2026f"."""
    return str(tzdata.IANA_VERSION)


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Every name of the IANA list, links included."""
    with open(os.path.join(_FOLDER, "zones"), encoding="ascii") as file:
        return frozenset(file.read().split())


def _folded(name: str, names: frozenset[str]) -> str | None:
    """The zone whose city was given alone, or in other letters: `los angeles`, `america/los_angeles`."""
    folded = name.casefold().replace(" ", "_")
    return next((known for known in sorted(names) if known.casefold() == folded or known.casefold().rpartition("/")[2] == folded), None)
