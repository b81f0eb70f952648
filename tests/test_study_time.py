"""Study time: study days, months, weekdays and wall-clock times against plain-date oracles and every clock change of every zone."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from importlib.resources import files
from struct import unpack
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dosecal.study_time import (
    CALENDAR_MONTHS,
    FIRST_DATE,
    LAST_DATE,
    DateOutOfRangeError,
    MonthRule,
    StudyDay,
    date_of_day,
    instant_after,
    instant_at,
    months_completed,
    plus_days,
    plus_months,
    study_day,
    weekday_of,
)
from tests.readers.zones import zone

lawful = settings(derandomize=True, deadline=None, max_examples=300)
BERLIN, NEW_YORK = zone("Europe/Berlin").rules, zone("America/New_York").rules
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
some_dates = st.dates(date(1900, 1, 1), date(2100, 12, 31))
DAY_1 = date(2027, 7, 1)


# -- study days


@pytest.mark.parametrize(
    ("day", "number"),
    [("2027-07-01", 1), ("2027-07-02", 2), ("2027-07-14", 14), ("2027-06-30", -1), ("2027-06-24", -7), ("2028-07-01", 367)],
)
def test_a_study_day_is_counted_from_day_1_and_there_is_no_day_0(day: str, number: int) -> None:
    assert study_day(DAY_1, date.fromisoformat(day)) == number
    assert date_of_day(DAY_1, StudyDay(number)) == date.fromisoformat(day)


def test_day_0_is_refused() -> None:
    with pytest.raises(ValueError, match="no day 0"):
        date_of_day(DAY_1, StudyDay(0))


@lawful
@given(origin=some_dates, day=some_dates)
def test_the_day_of_a_date_leads_back_to_the_date(origin: date, day: date) -> None:
    number = study_day(origin, day)
    assert number != 0
    assert date_of_day(origin, number) == day


def test_study_days_run_without_a_gap_over_day_1() -> None:
    days = [DAY_1 + timedelta(n) for n in range(-4, 4)]
    assert [study_day(DAY_1, day) for day in days] == [-4, -3, -2, -1, 1, 2, 3, 4]


# -- months


def months_later(origin: date, months: int) -> date:
    """The oracle: step month by month; where the month has no such day, try the day before it."""
    year, month = origin.year, origin.month
    step = 1 if months > 0 else -1
    for _ in range(abs(months)):
        month += step
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    for day in range(origin.day, 0, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    raise AssertionError


@lawful
@given(origin=some_dates, months=st.integers(-2400, 2400))
@example(origin=date(2100, 1, 31), months=1)  # 2100 is no leap year
@example(origin=date(2000, 1, 31), months=1)  # 2000 is one
@example(origin=date(2028, 2, 29), months=12)
@example(origin=date(2028, 2, 29), months=-48)
@example(origin=date(1900, 3, 31), months=-1)
def test_months_are_those_of_the_calendar_clamped_to_its_end(origin: date, months: int) -> None:
    wanted = months_later(origin, months) if date(1900, 1, 1) <= rough(origin, months) <= date(2200, 12, 31) else None
    if wanted is not None:
        assert plus_months(origin, months) == wanted


def rough(origin: date, months: int) -> date:
    """A date of the month that is meant, kept within what a date can say."""
    number = origin.year * 12 + origin.month - 1 + months
    return date(max(1, min(9999, number // 12)), number % 12 + 1, 1)


def test_every_month_end_of_four_hundred_months_is_clamped_from_the_anchor() -> None:
    for anchor in (date(2027, 1, day) for day in (28, 29, 30, 31)):
        assert [plus_months(anchor, k) for k in range(-400, 401)] == [months_later(anchor, k) for k in range(-400, 401)]


def test_months_are_never_chained() -> None:
    anchor = date(2027, 1, 31)
    assert [plus_months(anchor, k).isoformat() for k in range(1, 5)] == ["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]
    assert plus_months(plus_months(anchor, 1), 1) == date(2027, 3, 28)  # what a chain would give for month 2


@lawful
@given(origin=some_dates, months=st.integers(-600, 600), length=st.sampled_from([28, 30]))
def test_months_of_a_fixed_length_are_so_many_days(origin: date, months: int, length: int) -> None:
    wanted = date.fromordinal(origin.toordinal() + months * length) if origin.toordinal() + months * length > 0 else date.min
    if FIRST_DATE <= wanted <= LAST_DATE:
        assert plus_months(origin, months, MonthRule(length)) == wanted
    else:
        with pytest.raises(DateOutOfRangeError):
            plus_months(origin, months, MonthRule(length))


@lawful
@given(origin=some_dates, day=some_dates, rule=st.sampled_from([CALENDAR_MONTHS, MonthRule(28), MonthRule(30)]))
@example(origin=date(2027, 1, 31), day=date(2027, 2, 28), rule=CALENDAR_MONTHS)
@example(origin=date(2027, 1, 31), day=date(2027, 2, 27), rule=CALENDAR_MONTHS)
@example(origin=date(2028, 2, 29), day=date(2029, 2, 28), rule=CALENDAR_MONTHS)
def test_the_months_completed_are_the_last_whose_day_has_come(origin: date, day: date, rule: MonthRule) -> None:
    def begins(months: int) -> date:
        return months_later(origin, months) if rule.days is None else date.fromordinal(origin.toordinal() + months * rule.days)

    completed = months_completed(origin, day, rule)
    assert begins(completed) <= day < begins(completed + 1)


# -- the range of dates


def test_dates_reach_from_1900_to_2200_both_included() -> None:
    assert (FIRST_DATE, LAST_DATE) == (date(1900, 1, 1), date(2200, 12, 31))
    assert plus_days(date(1900, 1, 2), -1) == FIRST_DATE
    assert plus_days(date(2200, 12, 30), 1) == LAST_DATE
    assert plus_months(date(2200, 11, 30), 1) == date(2200, 12, 30)
    assert date_of_day(date(1900, 1, 2), StudyDay(-1)) == FIRST_DATE


@pytest.mark.parametrize("days", [-1, -40_000, -(10**6), -(10**12)])
def test_days_before_1900_are_refused(days: int) -> None:
    with pytest.raises(DateOutOfRangeError):
        plus_days(date(1900, 1, 1), days)


@pytest.mark.parametrize("days", [1, 40_000, 10**7, 10**12])
def test_days_after_2200_are_refused(days: int) -> None:
    with pytest.raises(DateOutOfRangeError):
        plus_days(date(2200, 12, 31), days)


@pytest.mark.parametrize("rule", [CALENDAR_MONTHS, MonthRule(28), MonthRule(30)])
@pytest.mark.parametrize("months", [-(10**9), -5000, -2, 5000, 10**9])
def test_months_out_of_range_are_refused(months: int, rule: MonthRule) -> None:
    with pytest.raises(DateOutOfRangeError):
        plus_months(date(1900, 1, 31), months, rule)


def test_a_weekday_has_its_three_letters() -> None:
    assert [weekday_of(date(2026, 11, 16) + timedelta(n)) for n in range(7)] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


# -- wall-clock times at every clock change of every zone, 2020 to 2040


class Change(NamedTuple):
    """The first second (UTC) of a new offset, the offset before it and the one from then on."""

    at: datetime
    before: timedelta
    after: timedelta


FROM, TO = datetime(2020, 1, 1), datetime(2041, 1, 1)  # noqa: DTZ001  (UTC, as plain numbers)


@cache
def zones() -> dict[str, tzinfo]:
    """Every zone of the IANA list, one name for each set of rules."""
    folder = files("tzdata") / "zoneinfo"
    rules: dict[bytes, str] = {}
    for name in (files("tzdata") / "zones").read_text(encoding="ascii").split():
        path = folder
        for part in name.split("/"):
            path /= part
        rules.setdefault(path.read_bytes(), name)
    return {name: zone(name).rules for name in rules.values()}


def offset(rules: tzinfo, utc: datetime) -> timedelta:
    """The offset at an instant."""
    there = rules.fromutc(utc.replace(tzinfo=rules)).utcoffset()
    assert there is not None
    return there


def changes(rules: tzinfo) -> Iterator[Change]:
    """Every change of offset: looked for every two days, then halved down to the second."""
    steps = [FROM + timedelta(n) for n in range(0, (TO - FROM).days, 2)]
    offsets = [rules.utcoffset(step) for step in steps]  # by the local clock: one cheap call, at most a day beside the instant
    for number in range(1, len(steps)):
        if offsets[number] != offsets[number - 1]:
            low, high = steps[number - 1] - 24 * HOUR, steps[number] + 24 * HOUR
            before, after = offset(rules, low), offset(rules, high)
            while high - low > SECOND:
                middle = low + (high - low) // 2 // SECOND * SECOND
                low, high = (middle, high) if offset(rules, middle) == before else (low, middle)
            yield Change(high, before, after)


@cache
def every_change() -> dict[str, tuple[Change, ...]]:
    return {name: tuple(changes(rules)) for name, rules in zones().items()}


def clock(rules: tzinfo, asked: datetime) -> tuple[datetime, timedelta, time | None, bool]:
    """What `instant_at` makes of a local time, as plain values."""
    instant = instant_at(asked.date(), asked.time(), rules)
    assert instant.local.tzinfo is rules
    assert instant.utc == (instant.local.replace(tzinfo=None) - instant.utc_offset).replace(tzinfo=UTC)
    assert instant.local.utcoffset() == instant.utc_offset
    return instant.local.replace(tzinfo=None), instant.utc_offset, instant.shifted, instant.ambiguous


def test_the_scan_finds_the_clock_changes_that_are_known() -> None:
    assert len(zones()) > 300
    berlin = every_change()["Europe/Berlin"]
    assert len(berlin) == 42
    assert berlin[0] == Change(datetime(2020, 3, 29, 1), HOUR, 2 * HOUR)  # noqa: DTZ001
    assert sum(map(len, every_change().values())) > 4000
    for name, found in every_change().items():
        for one in found:
            assert offset(zones()[name], one.at - SECOND) == one.before != one.after == offset(zones()[name], one.at)
        apart = [later.at - earlier.at for earlier, later in zip(found, found[1:], strict=False)]
        assert min(apart, default=timedelta(30)) > timedelta(10), name  # a step of two days, give or take a day, misses none


def test_the_scan_finds_every_clock_change_that_the_zone_files_list() -> None:
    listed = 0
    for name in zones():
        found = {one.at for one in every_change()[name]}
        for at in listed_changes(name):
            assert at in found, (name, at)
            listed += 1
    assert listed > 200


def listed_changes(name: str) -> Iterator[datetime]:
    """The instants at which a zone's file itself lists another offset, read from its bytes (RFC 8536, version 2 data)."""
    path = files("tzdata") / "zoneinfo"
    for part in name.split("/"):
        path /= part
    data = path.read_bytes()
    isut, isstd, leap, times, types, chars = unpack(">6l", data[20:44])
    start = 44 + times * 5 + types * 6 + chars + leap * 8 + isstd + isut  # the second header, after the data of version 1
    isut, isstd, leap, times, types, chars = unpack(">6l", data[start + 20 : start + 44])
    body = start + 44
    seconds = unpack(f">{times}q", data[body : body + times * 8])
    kinds = data[body + times * 8 : body + times * 9]
    offsets = [unpack(">l", data[at : at + 4])[0] for at in range(body + times * 9, body + times * 9 + types * 6, 6)]
    for number in range(1, times):
        at = datetime.fromtimestamp(seconds[number], UTC).replace(tzinfo=None) if 0 < seconds[number] < 2**32 else FROM
        if FROM < at < TO and offsets[kinds[number]] != offsets[kinds[number - 1]]:
            yield at


def test_a_time_in_a_gap_moves_forward_by_the_gap_in_every_zone() -> None:
    gaps = 0
    for name, found in every_change().items():
        for at, before, after in found:
            for left_out in (timedelta(0), (after - before) // 2, after - before - SECOND) if after > before else ():
                asked = at + before + left_out
                moved = asked + (after - before)
                assert clock(zones()[name], asked) == (moved, after, asked.time(), False), (name, asked)
                gaps += 1
    assert gaps > 6000


def test_a_time_that_comes_twice_is_the_first_in_every_zone() -> None:
    overlaps = 0
    for name, found in every_change().items():
        for at, before, after in found:
            for into in (timedelta(0), (before - after) // 2, before - after - SECOND) if after < before else ():
                asked = at + after + into
                assert clock(zones()[name], asked) == (asked, before, None, True), (name, asked)
                overlaps += 1
    assert overlaps > 6000


def test_times_beside_a_clock_change_are_as_asked_in_every_zone() -> None:
    for name, found in every_change().items():
        for at, before, after in found:
            last_before = at + min(before, after) - SECOND  # before the hour that is left out, or comes twice
            first_after = at + max(before, after)
            assert clock(zones()[name], last_before) == (last_before, before, None, False), (name, last_before)
            assert clock(zones()[name], first_after) == (first_after, after, None, False), (name, first_after)


@lawful
@given(data=st.data(), day=st.dates(date(2020, 1, 2), date(2040, 12, 30)), minutes=st.integers(0, 1439))
def test_an_ordinary_time_has_the_offset_of_the_zone_data(data: st.DataObject, day: date, minutes: int) -> None:
    name = data.draw(st.sampled_from(sorted(zones())))
    rules = zones()[name]
    asked = datetime.combine(day, time(minutes // 60, minutes % 60))
    local, utc_offset, shifted, ambiguous = clock(rules, asked)
    near = [one for one in every_change()[name] if abs(one.at - asked) < timedelta(2)]
    if not near:
        assert (local, utc_offset, shifted, ambiguous) == (asked, offset(rules, asked), None, False)


def test_the_gap_of_a_whole_day_is_moved_over() -> None:
    samoa = zone("Pacific/Apia").rules  # had no 30 December 2011
    assert clock(samoa, datetime(2011, 12, 30, 9)) == (datetime(2011, 12, 31, 9), 14 * HOUR, time(9), False)  # noqa: DTZ001


def test_a_zone_without_rules_is_no_zone() -> None:
    class Nowhere(tzinfo):
        def utcoffset(self, dt: datetime | None) -> None:  # noqa: ARG002
            return None

    with pytest.raises(ValueError, match="not a zone"):
        instant_at(date(2027, 1, 1), time(9), Nowhere())


# -- elapsed time


def test_a_day_of_24_hours_over_a_clock_change_ends_at_another_hour() -> None:
    start = instant_at(date(2027, 3, 27), time(8), BERLIN)
    end = instant_after(start, 24 * HOUR)
    assert (end.local.replace(tzinfo=None), end.utc_offset) == (datetime(2027, 3, 28, 9), 2 * HOUR)  # noqa: DTZ001


def test_46_hours_of_infusion_end_at_a_quarter_past_nine() -> None:
    end = instant_after(instant_at(date(2027, 5, 18), time(11, 15), NEW_YORK), 46 * HOUR)
    assert end.local.replace(tzinfo=None) == datetime(2027, 5, 20, 9, 15)  # noqa: DTZ001


def test_the_second_of_two_equal_times_is_reached_by_elapsed_time() -> None:
    start = instant_at(date(2027, 10, 31), time(2, 30), BERLIN)
    later = instant_after(start, HOUR)
    assert start.utc_offset == 2 * HOUR
    assert (later.local.replace(tzinfo=None), later.utc_offset) == (datetime(2027, 10, 31, 2, 30), HOUR)  # noqa: DTZ001
    assert later.ambiguous


@lawful
@given(data=st.data(), minutes=st.integers(-40_000, 40_000))
def test_elapsed_time_passes_as_it_does_in_utc(data: st.DataObject, minutes: int) -> None:
    name = data.draw(st.sampled_from(sorted(name for name, found in every_change().items() if found)))
    change = data.draw(st.sampled_from(every_change()[name]))
    rules = zones()[name]
    asked = change.at + change.before + data.draw(st.integers(-20_000, 20_000)) * MINUTE
    start = instant_at(asked.date(), asked.time(), rules)
    end = instant_after(start, minutes * MINUTE)
    wanted = start.utc + minutes * MINUTE
    assert end.utc == wanted
    assert end.utc_offset == offset(rules, wanted.replace(tzinfo=None))
    assert end.local.replace(tzinfo=None) == wanted.replace(tzinfo=None) + end.utc_offset
    assert end.shifted is None
