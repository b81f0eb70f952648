"""Wall-clock times and elapsed time: at every clock change of every zone of the IANA list, from 2020 to 2040."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from importlib.resources import files
from itertools import pairwise
from struct import unpack
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal.study_time import instant_after, instant_at
from tests.readers.zones import zone

lawful = settings(derandomize=True, deadline=None, max_examples=300)
BERLIN, NEW_YORK = zone("Europe/Berlin").rules, zone("America/New_York").rules
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


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
    assert berlin[0] == Change(datetime(2020, 3, 29, 1), HOUR, 2 * HOUR)  # noqa: DTZ001
    assert berlin[1] == Change(datetime(2020, 10, 25, 1), 2 * HOUR, HOUR)  # noqa: DTZ001
    assert sum(map(len, every_change().values())) > 4000
    for name, found in every_change().items():
        for one in found:
            assert offset(zones()[name], one.at - SECOND) == one.before != one.after == offset(zones()[name], one.at)
        apart = [later.at - earlier.at for earlier, later in pairwise(found)]
        assert min(apart, default=timedelta(30)) > timedelta(5), name  # a step of two days, give or take a day, misses none


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
                moved, shown = asked + (after - before), after
                minutes_before = asked - (left_out // timedelta(minutes=1) + 1) * timedelta(minutes=1)
                if moved.date() != asked.date() == minutes_before.date():  # the date stays: the last minute before the gap
                    moved, shown = minutes_before, before
                assert clock(zones()[name], asked) == (moved, shown, asked.time(), False), (name, asked)
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
        def utcoffset(self, _dt: datetime | None) -> None:
            return None

        tzname = dst = utcoffset

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
