"""A VTIMEZONE gives, to other people's readers, the offsets that the zone itself has. The oracle is zoneinfo with the tzdata package."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz

from dosecal.study_time import Instant
from dosecal.write import vtimezone as module
from dosecal.write.spans import Spans
from dosecal.write.vtimezone import Change, Observance, Offsets, Vtimezones, Yearly, observances, vtimezone
from tests.readers.zones import ZONES, around_changes, exact, zone

YEARLY_BOTH = [
    ("America/Los_Angeles", ["2SU;BYMONTH=3", "1SU;BYMONTH=11"]),
    ("Europe/London", ["-1SU;BYMONTH=3", "-1SU;BYMONTH=10"]),
    ("Europe/Berlin", ["-1SU;BYMONTH=3", "-1SU;BYMONTH=10"]),
    ("Europe/Dublin", ["-1SU;BYMONTH=3", "-1SU;BYMONTH=10"]),
    ("Australia/Lord_Howe", ["1SU;BYMONTH=4", "1SU;BYMONTH=10"]),
]
SPANS = [(year, year + 2) for year in range(2000, 2040, 2)]


def by_dateutil(octets: bytes) -> tzinfo:
    lines = octets.decode()
    assert "\r\n " not in lines
    found = tz.tzical(io.StringIO(lines)).get()
    assert isinstance(found, tzinfo)
    return found


def wrong_by_dateutil(octets: bytes, instants: Iterable[Instant]) -> list[Instant]:
    read = by_dateutil(octets)
    return [instant for instant in instants if instant.local.replace(tzinfo=read).utcoffset() != instant.utc_offset]


def parts_of(octets: bytes) -> list[str]:
    return re.findall(r"BEGIN:(STANDARD|DAYLIGHT)", octets.decode())


@pytest.mark.parametrize("name", ZONES)
def test_rule_10_dateutil_reads_the_offsets_of_the_zone_from_2000_to_2040(name: str) -> None:
    a_zone = zone(name)
    for first_year, last_year in SPANS:
        instants = around_changes(a_zone.rules, date(first_year, 1, 1), date(last_year, 12, 31))[::2]
        assert wrong_by_dateutil(Vtimezones().of(a_zone, instants), instants) == []


@pytest.mark.parametrize("name", ZONES)
def test_rule_10_one_span_of_forty_years_is_right_throughout(name: str) -> None:
    a_zone = zone(name)
    instants = around_changes(a_zone.rules, date(2000, 1, 1), date(2040, 12, 31))[::7]
    assert wrong_by_dateutil(Vtimezones().of(a_zone, instants), instants) == []


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("year", [2007, 2011, 2019, 2026])
def test_rule_10_standard_is_there_and_rdate_is_not(name: str, year: int) -> None:
    octets = Vtimezones().of(zone(name), around_changes(zone(name).rules, date(year, 1, 1), date(year, 12, 31)))
    assert "STANDARD" in parts_of(octets)
    assert b"RDATE" not in octets
    assert octets.count(f"TZID:{name}\r\n".encode()) == 1


@pytest.mark.parametrize(("name", "rules"), YEARLY_BOTH)
def test_rule_10_a_zone_with_yearly_changes_has_two_yearly_rules_without_end(name: str, rules: list[str]) -> None:
    octets = Vtimezones().of(zone(name), around_changes(zone(name).rules, date(2026, 1, 1), date(2028, 1, 31)))
    assert sorted(re.findall(r"RRULE:FREQ=YEARLY;BYDAY=(.*)\r", octets.decode())) == sorted(rules)
    assert sorted(parts_of(octets)) == ["DAYLIGHT", "STANDARD"]


def test_rule_10_a_span_without_a_change_of_the_clock_still_has_the_zones_yearly_rules() -> None:
    instant = exact(datetime(2026, 1, 5, 20), zone("America/Los_Angeles").rules)  # noqa: DTZ001
    assert instant is not None
    assert Vtimezones().of(zone("America/Los_Angeles"), [instant]) == (
        b"BEGIN:VTIMEZONE\r\nTZID:America/Los_Angeles\r\n"
        b"BEGIN:DAYLIGHT\r\nDTSTART:20250309T020000\r\nRRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\r\n"
        b"TZNAME:PDT\r\nTZOFFSETFROM:-0800\r\nTZOFFSETTO:-0700\r\nEND:DAYLIGHT\r\n"
        b"BEGIN:STANDARD\r\nDTSTART:20251102T020000\r\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\r\n"
        b"TZNAME:PST\r\nTZOFFSETFROM:-0700\r\nTZOFFSETTO:-0800\r\nEND:STANDARD\r\n"
        b"END:VTIMEZONE\r\n"
    )


@pytest.mark.parametrize(("name", "offset"), [("Asia/Riyadh", "+0300"), ("Asia/Kolkata", "+0530")])
def test_rule_10_a_zone_without_changes_has_one_standard_observance(name: str, offset: str) -> None:
    octets = Vtimezones().of(zone(name), around_changes(zone(name).rules, date(2026, 1, 1), date(2027, 12, 31)))
    assert parts_of(octets) == ["STANDARD"]
    assert f"TZOFFSETFROM:{offset}\r\nTZOFFSETTO:{offset}\r\n" in octets.decode()
    assert b"RRULE" not in octets


def test_rule_10_casablanca_has_one_observance_for_each_change() -> None:
    octets = Vtimezones().of(
        zone("Africa/Casablanca"), around_changes(zone("Africa/Casablanca").rules, date(2022, 1, 1), date(2023, 12, 31))
    )
    # Ramadan 2022 and 2023: the clock goes back before it and forward after it; one observance more is in force on 1 January 2022.
    assert [date(int(y), int(m), int(d)) for y, m, d in re.findall(rb"DTSTART:(\d{4})(\d\d)(\d\d)", octets)] == [
        date(2021, 5, 16), date(2022, 3, 27), date(2022, 5, 8), date(2023, 3, 19), date(2023, 4, 23),
    ]  # fmt: skip
    assert b"RRULE" not in octets


def test_rule_10_where_the_law_changed_a_rule_ends_and_another_begins() -> None:
    # United States: first Sunday of April to last of October until 2006, second of March to first of November from 2007.
    octets = Vtimezones().of(
        zone("America/Los_Angeles"), around_changes(zone("America/Los_Angeles").rules, date(2005, 1, 1), date(2008, 1, 1))
    )
    rules = re.findall(r"DTSTART:(\d{4}).{11}\r\nRRULE:FREQ=YEARLY;(.*)\r", octets.decode())
    assert rules == [
        ("2004", "UNTIL=20060409T100000Z;BYDAY=1SU;BYMONTH=4"),
        ("2004", "UNTIL=20061105T090000Z;BYDAY=-1SU;BYMONTH=10"),
        ("2007", "BYDAY=2SU;BYMONTH=3"),
        ("2007", "BYDAY=1SU;BYMONTH=11"),
    ]


def test_rule_10_the_day_that_apia_left_out_changes_the_offset_by_a_day() -> None:
    apia = zone("Pacific/Apia")
    instants = around_changes(apia.rules, date(2011, 12, 1), date(2012, 1, 31))
    octets = Vtimezones().of(apia, instants)
    assert "DTSTART:20111230T000000\r\nTZNAME:+14\r\nTZOFFSETFROM:-1000\r\nTZOFFSETTO:+1400" in octets.decode()
    read = by_dateutil(octets)
    assert datetime(2011, 12, 29, 12, tzinfo=read).astimezone(UTC) == datetime(2011, 12, 29, 22, tzinfo=UTC)
    assert datetime(2011, 12, 31, 12, tzinfo=read).astimezone(UTC) == datetime(2011, 12, 30, 22, tzinfo=UTC)


def test_dublins_summer_is_daylight_to_readers_although_its_law_calls_it_standard_time() -> None:
    octets = Vtimezones().of(zone("Europe/Dublin"), around_changes(zone("Europe/Dublin").rules, date(2026, 1, 1), date(2026, 12, 31)))
    daylight = octets.decode().partition("BEGIN:DAYLIGHT")[2].partition("END:DAYLIGHT")[0]
    assert "TZNAME:IST" in daylight
    assert "TZOFFSETTO:+0100" in daylight


def test_a_change_for_good_is_no_daylight_time() -> None:
    # Pyongyang went from +08:30 to +09:00 on 5 May 2018 and has no summer time.
    octets = Vtimezones().of(zone("Asia/Pyongyang"), around_changes(zone("Asia/Pyongyang").rules, date(2018, 1, 1), date(2018, 12, 31)))
    assert parts_of(octets) == ["STANDARD", "STANDARD"]
    assert b"DTSTART:20180504T233000\r\nTZNAME:KST\r\nTZOFFSETFROM:+0830\r\nTZOFFSETTO:+0900" in octets


@pytest.mark.parametrize("name", ZONES)
def test_the_yearly_rules_are_right_by_themselves(name: str) -> None:
    a_zone = zone(name)
    for first_year, last_year in SPANS:
        instants = around_changes(a_zone.rules, date(first_year, 1, 1), date(last_year, 12, 31))
        assert wrong_by_dateutil(vtimezone(name, observances(a_zone.rules, first_year, last_year)), instants[::3]) == []


@pytest.mark.parametrize("name", ZONES)
def test_the_first_observance_begins_before_the_first_event(name: str) -> None:
    rules = zone(name).rules
    new_year = datetime(2026, 1, 1, 0, 30, tzinfo=rules)
    octets = Vtimezones().of(zone(name), [Instant(local=new_year, utc_offset=new_year.utcoffset() or timedelta(0))])
    assert min(re.findall(rb"DTSTART:(\d{8})", octets)) < b"20260101"


# -- the check, and what happens when it fails

NEVER = Change(datetime(2000, 1, 1), timedelta(0), timedelta(0), "X", daylight=False)  # noqa: DTZ001


def noon(day: date, hours: int) -> Instant:
    local = datetime.combine(day, time(12), ZoneInfo("UTC"))
    return Instant(local=local, utc_offset=timedelta(hours=hours))


def disagreeing(parts: Sequence[Observance], instants: Sequence[Instant]) -> Instant | None:
    return Offsets(parts, max(instant.local.year for instant in instants)).disagreeing(instants)


def test_the_check_finds_a_wrong_offset_and_names_the_instant() -> None:
    right, wrong = noon(date(2026, 1, 1), 0), noon(date(2026, 2, 1), 1)
    assert disagreeing([Observance(NEVER)], [right]) is None
    assert disagreeing([Observance(NEVER)], [right, wrong]) == wrong


def test_the_check_finds_an_instant_before_the_first_observance() -> None:
    early = noon(date(1999, 12, 31), 0)
    assert disagreeing([Observance(NEVER)], [early]) == early


def test_the_check_follows_a_rule_up_to_its_last_year() -> None:
    # Forward by an hour on the first Sunday (weekday 6) of March 2001 (4 March) and every year to 2003, back on the last of October.
    forward = Change(datetime(2001, 3, 4, 2), timedelta(0), timedelta(hours=1), "S", daylight=True)  # noqa: DTZ001
    back = Change(datetime(2001, 10, 28, 1), timedelta(hours=1), timedelta(0), "W", daylight=False)  # noqa: DTZ001
    parts = [Observance(NEVER), Observance(forward, Yearly(3, 1, 6, 2003)), Observance(back, Yearly(10, -1, 6, None))]
    good = [noon(date(2003, 3, 1), 0), noon(date(2003, 3, 2), 1), noon(date(2003, 10, 25), 1), noon(date(2003, 10, 26), 0)]
    assert disagreeing(parts, good) is None
    assert disagreeing(parts, [noon(date(2004, 3, 8), 0)]) is None
    assert disagreeing(parts, [noon(date(2004, 3, 8), 1)]) is not None


def test_wrong_yearly_rules_are_replaced_by_one_observance_for_each_change(monkeypatch: pytest.MonkeyPatch) -> None:
    berlin = zone("Europe/Berlin")
    instants = around_changes(berlin.rules, date(2026, 1, 1), date(2027, 12, 31))
    with monkeypatch.context() as patched:
        patched.setattr(module, "_weeks", lambda _: {1})  # "the first Sunday", which is never right for Berlin
        octets = Vtimezones().of(berlin, instants)
    assert b"RRULE" not in octets
    assert wrong_by_dateutil(octets, instants) == []


def test_a_zone_that_contradicts_an_event_is_an_error_and_not_a_calendar() -> None:
    local = datetime(2026, 7, 1, 12, tzinfo=zone("Europe/Berlin").rules)
    with pytest.raises(ValueError, match="Europe/Berlin"):
        Vtimezones().of(zone("Europe/Berlin"), [Instant(local=local, utc_offset=timedelta(hours=1))])


def test_a_zone_of_daylight_time_only_still_gets_a_standard_part() -> None:
    class Ahead(tzinfo):
        """One hour ahead from 2025-06-01 on, for ever called daylight time."""

        def utcoffset(self, when: datetime | None) -> timedelta:
            return timedelta(hours=1) if when is not None and when.replace(tzinfo=None) >= datetime(2025, 6, 1, 1) else timedelta(0)  # noqa: DTZ001

        def dst(self, when: datetime | None) -> timedelta:
            return self.utcoffset(when)

        def tzname(self, when: datetime | None) -> str:
            return "AHEAD" if self.dst(when) else "ZERO"

        def fromutc(self, when: datetime) -> datetime:
            return when + (timedelta(hours=1) if when.replace(tzinfo=None) >= datetime(2025, 6, 1) else timedelta(0))  # noqa: DTZ001

    parts = observances(Ahead(), 2026, 2026)
    assert [(part.first.name, part.first.daylight) for part in parts] == [("AHEAD", False)]


def test_what_was_written_once_is_kept() -> None:
    kept = Vtimezones()
    berlin = zone("Europe/Berlin")
    instants = around_changes(berlin.rules, date(2026, 1, 1), date(2026, 12, 31))
    assert kept.of(berlin, instants) is kept.of(berlin, instants[:5])


def test_what_one_calendar_needs_changes_no_other_calendar(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where yearly rules are wrong for one time alone, only calendars with that time have another VTIMEZONE."""
    berlin, day = zone("Europe/Berlin"), date(2026, 7, 1).toordinal()
    spans = Spans()
    doubted, *others = [spans.times(time(9), None, berlin)[day + days] for days in range(9)]
    right = Vtimezones.regular_is_right
    monkeypatch.setattr(Vtimezones, "regular_is_right", lambda self, *asked: asked[1] != doubted.local and right(self, *asked))
    monkeypatch.setattr(Vtimezones, "of", lambda *_: b"one observance for each change")
    usual = spans.vtimezone(berlin, others)
    assert usual.startswith(b"BEGIN:VTIMEZONE")
    assert spans.vtimezone(berlin, [doubted, *others]) == b"one observance for each change"
    assert spans.vtimezone(berlin, others) == usual
