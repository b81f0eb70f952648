"""The rules of a calendar file, one by one; the numbers are those of docs/ics-rules.md."""

import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dosecal import __version__
from dosecal.dose import Dose
from dosecal.regimen import Section
from dosecal.schedule import Event, Schedule
from dosecal.study_time import Window
from dosecal.write.ics import LARGEST_IMPORTABLE, IcsWriter, write_ics
from dosecal.write.wording import Audience
from tests.readers.lines import only, unfolded, vevents
from tests.write.schedules import DAY_1, ZONE, at, dose, event, injections, interferon_arm, schedule

ROOT = Path(__file__).parents[2]
BOTH: tuple[Audience, ...] = ("participant", "site")
both = pytest.mark.parametrize("audience", BOTH)

FORWARD, BACK = date(2026, 3, 8), date(2026, 11, 1)  # the clock changes of Los Angeles
PST, PDT = -8, -7


def mixed() -> Schedule:
    """All-day and clock-time events, with and without a length, on ordinary days and where the clock changes, and long texts."""
    day = date(2026, 6, 1)
    events = [
        *injections(DAY_1, date(2026, 1, 7)),
        event("bloods", day, "labs", clock=at(day, time(8), PDT), window=Window(day - timedelta(7), day + timedelta(7))),
        event("Ünïcode, semi; back\\slash 💉 " * 12, day, "visits", clock=at(day, time(9), PDT), lasts=timedelta(hours=3)),
        event("late call", BACK, "calls", clock=at(BACK, time(1, 30), PDT, ambiguous=True), reasons=("because " * 30,)),
    ]
    return schedule(*events, participant="1042", zone=ZONE)


# -- form


@both
def test_rule_1_lines_end_in_crlf_and_are_folded_within_75_octets_and_whole_characters(audience: Audience) -> None:
    octets = write_ics(mixed(), audience=audience)
    assert octets.endswith(b"\r\n")
    assert octets.replace(b"\r\n", b"").count(b"\r") == octets.replace(b"\r\n", b"").count(b"\n") == 0
    lines = octets.split(b"\r\n")[:-1]
    assert max(map(len, lines)) <= 75
    assert all(line.strip() for line in lines)
    assert all(line.decode("utf-8") for line in lines)
    assert octets.startswith(b"BEGIN:VCALENDAR\r\n")
    if audience == "site":
        assert any(line.startswith(b" ") for line in lines)


@both
def test_rule_2_no_text_brings_in_a_control_character(audience: Audience) -> None:
    dirty = "a" + "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xD800])) + "b"
    told = event(dirty, DAY_1, title=dirty, phase=dirty, reasons=(dirty,), flags=(dirty,), key=dirty)
    octets = write_ics(schedule(told, study=dirty, participant=dirty, arm=dirty), audience=audience)
    assert not re.search("[\x00-\x09\x0b-\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]", octets.decode("utf-8"))
    assert "a \\nb" in only(octets)["SUMMARY"]


@both
def test_rule_4_one_calendar_with_its_properties_once_and_before_its_components(audience: Audience) -> None:
    lines = unfolded(write_ics(mixed(), audience=audience))
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert lines.count("BEGIN:VCALENDAR") == 1
    head = lines[1 : lines.index("BEGIN:VTIMEZONE")]
    assert [line.partition(":")[0] for line in head] == ["VERSION", "PRODID", "NAME", "X-WR-CALNAME", "X-DOSECAL-ZONE-DATA"]
    assert head[:2] == ["VERSION:2.0", f"PRODID:-//dosecal//dosecal {__version__}//EN"]
    assert sum(line.startswith(("PRODID", "VERSION")) for line in lines) == 2


def test_a_schedule_without_events_is_a_calendar_without_events() -> None:
    assert unfolded(write_ics(schedule())) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//dosecal//dosecal {__version__}//EN",
        "NAME:Visits and treatment",
        "X-WR-CALNAME:Visits and treatment",
        "END:VCALENDAR",
    ]


@both
def test_rule_9_there_is_no_method(audience: Audience) -> None:
    assert not any(line.startswith("METHOD") for line in unfolded(write_ics(mixed(), audience=audience)))


# -- who and when


@both
def test_rule_5_uids_are_unique_and_rest_on_study_participant_and_key_alone(audience: Audience) -> None:
    arm = interferon_arm()
    uids = [found["UID"] for found in vevents(write_ics(arm, audience=audience))]
    assert len(uids) == len(set(uids)) == 345
    assert all(re.fullmatch("[0-9a-f]{32}-[0-9a-f]{20}", uid) for uid in uids)
    moved = schedule(*injections(DAY_1 + timedelta(3), key="k"), participant="1042", arm="other", zone=ZONE)
    stayed = schedule(*injections(DAY_1, key="k", dose=dose("1", "mg", "IV")), participant="1042")
    assert only(write_ics(moved))["UID"] == only(write_ics(stayed, audience="site"))["UID"]


def test_rule_5_the_uid_of_a_written_event() -> None:
    # Computed once by the recipe in uid.py, with hashlib alone.
    told = event("interferon beta-1a", DAY_1, key="interferon beta-1a #1", dose=dose())
    assert only(write_ics(schedule(told, participant="1042")))["UID"] == "89dc460f8b55ced846cf4a7f618a0929-0f204ace56594850e102"


def test_rule_5_two_events_with_one_key_are_never_written() -> None:
    with pytest.raises(ValueError, match="same key"):
        write_ics(schedule(*injections(DAY_1, date(2026, 1, 7), key="k")))


@both
def test_rule_6_without_a_record_the_stamps_are_the_beginning_of_1970(audience: Audience) -> None:
    for found in vevents(write_ics(mixed(), audience=audience)):
        assert (found["DTSTAMP"], found["LAST-MODIFIED"]) == ("19700101T000000Z", "19700101T000000Z")


@pytest.mark.parametrize("hours", [0, 2])
def test_rule_6_a_stamp_given_is_written_in_utc(hours: int) -> None:
    stamped = datetime(2026, 11, 21, 9 + hours, 30, 15, 999999, tzinfo=timezone(timedelta(hours=hours)))
    for found in vevents(write_ics(mixed(), stamped=stamped)):
        assert (found["DTSTAMP"], found["LAST-MODIFIED"]) == ("20261121T093015Z", "20261121T093015Z")


def test_rule_6_a_stamp_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        write_ics(mixed(), stamped=datetime(2026, 11, 21))  # noqa: DTZ001


def test_rule_6_the_same_schedule_is_the_same_bytes_in_another_zone_locale_and_hash_seed() -> None:
    script = (
        "import sys; from tests.write import test_ics as t; [sys.stdout.buffer.write(t.write_ics(t.mixed(), audience=a)) for a in t.BOTH]"
    )
    here = b"".join(write_ics(mixed(), audience=audience) for audience in BOTH)
    for seed, tz in (("0", "Asia/Kolkata"), ("123", "America/St_Johns")):
        env = os.environ | {"PYTHONHASHSEED": seed, "TZ": tz, "LC_ALL": "C", "PYTHONPATH": str(ROOT)}
        assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=env, capture_output=True, check=True).stdout == here


def test_rule_6_a_writer_that_has_written_others_writes_the_same() -> None:
    writer = IcsWriter(audience="site")
    writer.write(interferon_arm())
    writer.write(schedule(*injections(DAY_1, date(2027, 7, 7)), participant="7"))
    assert writer.write(mixed()) == write_ics(mixed(), audience="site")


@both
def test_rule_7_an_event_that_nothing_changed_is_confirmed_and_has_sequence_0(audience: Audience) -> None:
    for found in vevents(write_ics(mixed(), audience=audience)):
        assert (found["SEQUENCE"], found["STATUS"]) == ("0", "CONFIRMED")


# -- names, kinds, words


@both
def test_rule_18_the_calendar_has_its_name_twice_and_no_refresh(audience: Audience) -> None:
    lines = unfolded(write_ics(mixed(), audience=audience))
    name = {"participant": "Visits and treatment", "site": "CARE-MS II: participant 1042"}[audience]
    assert lines.count(f"NAME:{name}") == lines.count(f"X-WR-CALNAME:{name}") == 1
    assert not any(line.startswith(("REFRESH", "X-PUBLISHED")) for line in lines)


def category_and_transparency(told: Event, audience: Audience) -> tuple[str, str]:
    found = only(write_ics(schedule(told), audience=audience))
    return found["CATEGORIES"], found["TRANSP"]


def test_rule_19_doses_at_home_leave_time_free_and_all_else_blocks_it() -> None:
    at_home, in_clinic = event("drug", DAY_1, dose=dose()), event("drug", DAY_1, dose=dose("12", "mg", "IV"))
    visit = event("visit", DAY_1, "visits")
    assert [category_and_transparency(told, "participant") for told in (at_home, in_clinic, visit)] == [
        ("Treatment", "TRANSPARENT"), ("Treatment", "OPAQUE"), ("Visit", "OPAQUE"),
    ]  # fmt: skip
    assert [category_and_transparency(told, "site") for told in (at_home, in_clinic, visit)] == [
        ("Dose", "TRANSPARENT"), ("Dose", "OPAQUE"), ("Visit", "OPAQUE"),
    ]  # fmt: skip


def test_rule_20_nothing_in_a_participants_file_tells_of_study_arm_drug_dose_or_id() -> None:
    day = date(2026, 6, 1)
    secret = {"phase": "Zphase", "reasons": ("Zreason",), "flags": ("Zflag",), "window": Window(date(2026, 5, 25), date(2026, 6, 8))}
    sections: dict[Section, Dose | None] = {"doses": dose("777", "mg", "IV"), "labs": None, "visits": None, "calls": None, "samples": None}
    told = [
        event(f"Zdrug {section}", day, section, key=f"Zkey {section}", dose=given, clock=at(day, time(9), PDT), **secret)
        for section, given in sections.items()
    ]
    octets = write_ics(schedule(*told, study="Zstudy", participant="Zperson", arm="Zarm", zone=ZONE))
    assert not re.findall(rb"Z[a-z]+|777|DESCRIPTION|20260525|20260608", octets.replace(b"ZONE", b""))
    assert [found["SUMMARY"] for found in vevents(octets)] == ["Infusion", "Blood test", "Clinic visit", "Phone call", "Blood sample"]


def test_promise_16_two_arms_with_equal_keys_and_dates_are_the_same_bytes() -> None:
    arms = [
        schedule(*injections(DAY_1, dose=given, key="treatment #1"), participant="1042", arm=name)
        for name, given in (("verum", dose("44")), ("placebo", dose(None)))
    ]
    assert write_ics(arms[0]) == write_ics(arms[1])


def test_the_site_reads_everything() -> None:
    told = event(
        "alemtuzumab", DAY_1, dose=dose("12", "mg", "IV"), course_day=2, course_days=5, month=0, reasons=("month 0 is Day 1", "day 2 of 5")
    )
    found = only(write_ics(schedule(told, participant="1042"), audience="site"))
    assert found["SUMMARY"] == "alemtuzumab\\, day 2 of 5: 12 mg intravenous"
    assert found["DESCRIPTION"] == "Study day 1\\nMonth 0\\nWhy this date:\\n- month 0 is Day 1\\n- day 2 of 5"


def test_rule_21_the_size_at_which_the_reader_is_warned() -> None:
    assert LARGEST_IMPORTABLE == 900_000
    assert len(write_ics(interferon_arm())) < LARGEST_IMPORTABLE


def test_rule_22_the_bytes_are_utf_8() -> None:
    told = event("visit", DAY_1, "visits", title="Besuch für 日本 💉")
    assert only(write_ics(schedule(told)))["SUMMARY"] == "Besuch für 日本 💉"


@both
def test_rule_23_the_version_of_the_zone_data_is_told_when_it_is_used(audience: Audience) -> None:
    assert unfolded(write_ics(mixed(), audience=audience)).count("X-DOSECAL-ZONE-DATA:2026f") == 1


def test_two_participants_differ_in_nothing_but_the_first_part_of_their_uids() -> None:
    one, other = (write_ics(schedule(*injections(DAY_1, DAY_1 + timedelta(2)), participant=who)) for who in ("1", "2"))
    assert one != other
    assert re.sub(rb"UID:.{32}", b"", one) == re.sub(rb"UID:.{32}", b"", other)


def test_utc_stamps_do_not_need_the_utc_object() -> None:
    stamped = datetime(2026, 1, 1, tzinfo=ZoneInfo("America/Los_Angeles"))
    assert only(write_ics(schedule(*injections(DAY_1)), stamped=stamped)) == only(
        write_ics(schedule(*injections(DAY_1)), stamped=datetime(2026, 1, 1, 8, tzinfo=UTC))
    )


def test_the_version_of_the_public_holidays_is_reported_and_their_country_is_not() -> None:
    """As rule 23 does for zone data: what the dates rest on."""
    written = write_ics(schedule(event("blood test", DAY_1, "labs"), holidays="holidays 0.109"))
    assert b"\r\nX-DOSECAL-HOLIDAYS:holidays 0.109\r\n" in written
    assert b"X-DOSECAL-HOLIDAYS" not in write_ics(schedule(event("blood test", DAY_1, "labs")))
