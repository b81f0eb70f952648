"""Rules 5 to 8: a calendar that follows the record; a client that reads every export ends where one does that reads the last alone."""

import re
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings

from dosecal.diagnostic import Refused
from dosecal.follow import follow
from dosecal.record import DidNot, Entry, Moved, Record, Stopped, TookPlace
from dosecal.schedule import Event
from dosecal.write.ics import write_ics
from dosecal.write.wording import Audience
from tests.readers.ics import READERS
from tests.readers.lines import only, unfolded, vevents
from tests.toy_trial import HORIZON, PARTICIPANT, entry, lay, records, with_record
from tests.write.schedules import DAY_1, ZONE, at, dose, event, schedule

BOTH: tuple[Audience, ...] = ("participant", "site")
both = pytest.mark.parametrize("audience", BOTH)
MONDAY_2 = DAY_1 + timedelta(7)
REVISED = datetime(2026, 1, 12, 14, 30, 7, tzinfo=UTC)
STOPPED = "no longer planned since entry 7 of the record"


def infusion(day: date, **fields: Any) -> Event:
    return event("alemtuzumab", day, dose=dose("12", "mg", "IV"), **({"reasons": ("month 0 is Day 1",)} | fields))


def cancelled(day: date, **fields: Any) -> Event:
    told: dict[str, Any] = {"state": "cancelled", "revision": 2, "revised": REVISED, "reasons": ("month 0 is Day 1", STOPPED)}
    return infusion(day, **(told | fields))


# -- one event


@both
def test_rules_6_and_7_sequence_and_stamps_are_the_events_own(audience: Audience) -> None:
    touched = infusion(DAY_1, revision=12, revised=REVISED)
    first, second = vevents(write_ics(schedule(touched, infusion(MONDAY_2)), audience=audience))
    assert (first["SEQUENCE"], first["DTSTAMP"], first["LAST-MODIFIED"]) == ("12", "20260112T143007Z", "20260112T143007Z")
    assert (second["SEQUENCE"], second["DTSTAMP"], second["LAST-MODIFIED"]) == ("0", "19700101T000000Z", "19700101T000000Z")
    assert (first["STATUS"], first["TRANSP"]) == (second["STATUS"], second["TRANSP"]) == ("CONFIRMED", "OPAQUE")


def test_rule_6_a_stamp_given_overrides_what_was_revised_but_not_the_sequence() -> None:
    found = only(write_ics(schedule(infusion(DAY_1, revision=3, revised=REVISED)), stamped=datetime(2027, 5, 1, tzinfo=UTC)))
    assert (found["DTSTAMP"], found["LAST-MODIFIED"], found["SEQUENCE"]) == ("20270501T000000Z", "20270501T000000Z", "3")


def test_rule_8_a_cancelled_event_stays_marked_and_blocks_no_time() -> None:
    told = schedule(infusion(DAY_1), absent=(cancelled(MONDAY_2),))
    [_, for_participant] = vevents(write_ics(told))
    assert for_participant["SUMMARY"] == "Cancelled: Infusion"
    assert "DESCRIPTION" not in for_participant
    [_, for_site] = vevents(write_ics(told, audience="site"))
    assert for_site["SUMMARY"] == "Cancelled: alemtuzumab: 12 mg intravenous"
    assert for_site["DESCRIPTION"].split("\\n") == [
        f"Why it is cancelled: {STOPPED}", "Study day 8", "Why this date:", "- month 0 is Day 1",
    ]  # fmt: skip
    for found in (for_participant, for_site):
        assert (found["STATUS"], found["SEQUENCE"], found["TRANSP"]) == ("CANCELLED", "2", "TRANSPARENT")
        assert (found["DTSTART;VALUE=DATE"], found["DTEND;VALUE=DATE"]) == ("20260112", "20260113")


def test_rule_20_a_cancelled_event_tells_a_participant_no_reason() -> None:
    octets = write_ics(schedule(absent=(cancelled(MONDAY_2, reasons=("Zreason", "Zstopped: Zill")),)))
    assert not re.findall(rb"Z[a-z]+|DESCRIPTION", octets)


@both
def test_cancelled_and_moved_away_events_stand_in_order_of_date_among_the_others(audience: Audience) -> None:
    later = infusion(DAY_1 + timedelta(40), revision=1, revised=REVISED)
    visit = event("visit", MONDAY_2, "visits", clock=at(MONDAY_2, time(9)))
    told = schedule(infusion(DAY_1), visit, infusion(DAY_1 + timedelta(14)), absent=(cancelled(MONDAY_2),), beyond=(later,), zone=ZONE)
    lines = unfolded(write_ics(told, audience=audience))
    starts = [line.rpartition(":")[2][:8] for line in lines[lines.index("END:VTIMEZONE") :] if line.startswith("DTSTART")]
    assert starts == ["20260105", "20260112", "20260112", "20260119", "20260214"]


@both
def test_what_was_never_in_the_calendar_is_not_written(audience: Audience) -> None:
    held, behind = infusion(MONDAY_2, state="held"), infusion(DAY_1 + timedelta(400))
    told = schedule(infusion(DAY_1), absent=(held,), beyond=(behind,))
    assert write_ics(told, audience=audience) == write_ics(schedule(infusion(DAY_1)), audience=audience)


@both
def test_that_a_dose_was_given_changes_nothing_in_the_file(audience: Audience) -> None:
    planned, given = (schedule(infusion(DAY_1, state=state)) for state in ("planned", "done"))
    assert write_ics(planned, audience=audience) == write_ics(given, audience=audience)


def test_rule_5_a_cancelled_event_with_the_key_of_another_is_never_written() -> None:
    with pytest.raises(ValueError, match="same key"):
        write_ics(schedule(infusion(DAY_1, key="k"), absent=(cancelled(MONDAY_2, key="k"),)))


@both
def test_rule_10_the_zone_is_described_for_a_calendar_whose_only_clock_time_is_cancelled(audience: Audience) -> None:
    told = cancelled(MONDAY_2, clock=at(MONDAY_2, time(9)))
    lines = unfolded(write_ics(schedule(infusion(DAY_1), absent=(told,), zone=ZONE), audience=audience))
    assert lines.count("TZID:America/Los_Angeles") == 1
    assert "DTSTART;TZID=America/Los_Angeles:20260112T090000" in lines


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_finds_what_is_cancelled(reader: str) -> None:
    told = schedule(infusion(DAY_1, revision=10, revised=REVISED), absent=(cancelled(MONDAY_2),))
    [[kept, gone]] = READERS[reader]([write_ics(told)])
    assert (kept.status, kept.sequence, kept.stamped, kept.transp) == ("CONFIRMED", 10, "2026-01-12T14:30:07Z", "OPAQUE")
    assert (gone.status, gone.sequence, gone.stamped, gone.transp) == ("CANCELLED", 2, "2026-01-12T14:30:07Z", "TRANSPARENT")
    assert (gone.summary, gone.start, gone.end) == ("Cancelled: Infusion", "2026-01-12", "2026-01-13")


# -- one export after another

Calendar = dict[str, tuple[int, dict[str, str]]]
"""What a client holds: UID -> SEQUENCE and the event's properties."""


def imported(calendar: Calendar, octets: bytes) -> Calendar:
    """The calendar after a file was read into it: of each UID the highest SEQUENCE stays, of two alike the later file's."""
    found = {one["UID"]: (int(one["SEQUENCE"]), one) for one in vevents(octets)}
    return calendar | {uid: new for uid, new in found.items() if uid not in calendar or new[0] >= calendar[uid][0]}


def exports(record: Record, audience: Audience) -> list[bytes]:
    """The files that are written after each entry, where none is refused; the first before any."""
    files = []
    for count in range(len(record) + 1):
        try:
            files.append(write_ics(follow(with_record(*record[:count]), lay), audience=audience))
        except Refused:
            continue
    return files


@both
@settings(derandomize=True, deadline=None, max_examples=60)
@given(record=records(most=7))
def test_rules_5_to_8_a_client_that_reads_every_export_holds_what_the_last_one_says(audience: Audience, record: Record) -> None:
    files = exports(record, audience)
    held: Calendar = {}
    for file in files:
        held = imported(held, file)
    assert held == imported({}, files[-1])


@both
@settings(derandomize=True, deadline=None, max_examples=60)
@given(record=records(most=7))
def test_rule_7_two_exports_differ_in_events_whose_sequence_and_stamp_rose_and_in_no_other(audience: Audience, record: Record) -> None:
    files = exports(record, audience)
    for old, new in pairwise(files):
        before, after = imported({}, old), imported({}, new)
        assert before.keys() <= after.keys()
        for uid, (sequence, one) in before.items():
            if after[uid][0] == sequence:
                assert after[uid][1] == one
            else:
                assert after[uid][0] > sequence
                assert after[uid][1]["DTSTAMP"] > one["DTSTAMP"]


def blocks(octets: bytes) -> list[bytes]:
    return octets.split(b"BEGIN:VEVENT\r\n")


@both
def test_rule_7_one_missed_injection_changes_one_event_byte_for_byte(audience: Audience) -> None:
    planned = write_ics(follow(PARTICIPANT, lay), audience=audience)
    missed = write_ics(follow(with_record(entry(1, "not-given", MONDAY_2, DidNot(item="injection"))), lay), audience=audience)
    differing = [(old, new) for old, new in zip(blocks(planned), blocks(missed), strict=True) if old != new]
    [(old, new)] = differing
    assert b"STATUS:CONFIRMED" in old
    assert b"STATUS:CANCELLED" in new


@both
def test_recording_what_was_planned_changes_not_a_byte(audience: Audience) -> None:
    as_planned = [entry(1 + week, "given", DAY_1 + timedelta(7 * week), TookPlace(item="injection")) for week in range(5)]
    assert write_ics(follow(with_record(*as_planned), lay), audience=audience) == write_ics(follow(PARTICIPANT, lay), audience=audience)


def the_same_record() -> tuple[Entry, ...]:
    due = DAY_1 + timedelta(33)
    return (
        entry(1, "moved", DAY_1, Moved(item="visit", due=due, to=HORIZON + timedelta(9)), entered=REVISED),
        entry(2, "stopped", MONDAY_2, Stopped(name="injection"), why="felt ill"),
    )


@both
def test_rule_6_the_same_record_is_the_same_bytes(audience: Audience) -> None:
    one, other = (write_ics(follow(with_record(*the_same_record()), lay), audience=audience) for _ in range(2))
    assert one == other


@both
def test_rule_8_a_visit_moved_behind_the_horizon_stays_in_the_calendar(audience: Audience) -> None:
    found = vevents(write_ics(follow(with_record(*the_same_record()), lay), audience=audience))
    [visit] = [one for one in found if one["SEQUENCE"] == "1" and one["STATUS"] == "CONFIRMED"]
    assert visit["DTSTART;TZID=America/Los_Angeles"] == "20260217T090000"
