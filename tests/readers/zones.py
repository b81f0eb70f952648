"""Zones of every kind as the tzdata package has them, and the local times at which a reader of a VTIMEZONE is most likely to be wrong."""

from datetime import date, datetime, time, timedelta, tzinfo
from importlib.resources import files
from zoneinfo import ZoneInfo

from dosecal.study_time import Instant, Zone

ZONES = [
    "America/Los_Angeles", "America/Sao_Paulo", "Europe/London", "Europe/Berlin", "Europe/Dublin", "Africa/Casablanca", "Asia/Riyadh",
    "Asia/Kolkata", "Australia/Lord_Howe", "America/Nuuk", "Asia/Gaza", "Pacific/Apia",
]  # fmt: skip


def zone(name: str) -> Zone:
    path = files("tzdata") / "zoneinfo"
    for part in name.split("/"):
        path /= part
    with path.open("rb") as file:
        return Zone(name, ZoneInfo.from_file(file, key=name), "test")


def exact(local: datetime, rules: tzinfo) -> Instant | None:
    """The instant of a local time, or None where the clock shows it twice or never."""
    there = local.replace(tzinfo=rules)
    offset = there.utcoffset()
    if offset is None or offset != there.replace(fold=1).utcoffset():
        return None
    return Instant(local=there, utc_offset=offset)


def around_changes(rules: tzinfo, first: date, last: date) -> list[Instant]:
    """Local times at every half hour of the days around each change of the clock, and noon on the first of every month."""
    days: set[date] = set()
    for n in range((last - first).days + 1):
        day = first + timedelta(n)
        noon, next_noon = (datetime.combine(day + timedelta(k), time(12), rules) for k in (0, 1))
        if noon.utcoffset() != next_noon.utcoffset():
            days |= {day, day + timedelta(1)}
    halves = [datetime.combine(day, time(h, m)) for day in days if first <= day <= last for h in range(24) for m in (0, 30)]
    months = [datetime(y, m, 1, 12) for y in range(first.year, last.year + 1) for m in range(1, 13)]  # noqa: DTZ001
    return [instant for local in sorted(halves + months) if (instant := exact(local, rules)) is not None]
