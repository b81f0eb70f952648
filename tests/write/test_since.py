"""`--since`: an update has what a reader of the older calendar lacks, and no more; update after update ends where a fresh export does."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dosecal.diagnostic import Refused
from dosecal.follow import Lay, follow
from dosecal.participant import Participant
from dosecal.record import Record
from dosecal.schedule import Event, Schedule
from dosecal.write.ics import IcsWriter, write_ics
from dosecal.write.options import CalendarOptions
from dosecal.write.since import changed_since
from dosecal.write.uid import study_key
from dosecal.write.wording import Audience
from tests.properties.records import HISTORIES, the
from tests.readers.lines import unfolded, vevents
from tests.toy_trial import PARTICIPANT, lay, records
from tests.write.schedules import DAY_1, ZONE, at, dose, injections, schedule
from tests.write.schedules import event as an_event

BOTH: tuple[Audience, ...] = ("participant", "site")
both = pytest.mark.parametrize("audience", BOTH)
REVISED = datetime(2026, 1, 12, 14, 30, 7, tzinfo=UTC)
WITH_TASKS = CalendarOptions(tasks=True, alarm=timedelta(hours=1), uid_key=study_key(b"a key for this test alone"))

# -- a client

Calendar = dict[tuple[str, str, str], tuple[int, list[str]]]
"""What a client holds: of each component, UID and RECURRENCE-ID the SEQUENCE and the lines."""


def read_into(calendar: Calendar, octets: bytes) -> Calendar:
    """The calendar after a file was read into it: of each the highest SEQUENCE stays, of two alike the later file's."""
    held = dict(calendar)
    for name in ("VEVENT", "VTODO"):
        for block in "\n".join(unfolded(octets)).split(f"BEGIN:{name}\n")[1:]:
            lines = block.partition(f"\nEND:{name}")[0].split("\n")
            said = {line.partition(":")[0].partition(";")[0]: line.partition(":")[2] for line in reversed(lines)}
            identity, sequence = (name, said["UID"], said.get("RECURRENCE-ID", "")), int(said["SEQUENCE"])
            if identity not in held or sequence >= held[identity][0]:
                held[identity] = sequence, lines
    return held


def exports(participant: Participant, lay: Lay, writer: IcsWriter, *, compact: bool = False) -> list[bytes]:
    """The files that are written after each part of the record that is not refused; the first before any entry."""
    plan = lay(replace(participant, record=())) if compact else None
    return [writer.write(state, plan) for state in followed(participant, lay)]


def followed(participant: Participant, lay: Lay) -> Iterator[Schedule]:
    for count in range(len(participant.record) + 1):
        with suppress(Refused):
            yield follow(replace(participant, record=participant.record[:count]), lay)


def updates_lead_where_a_fresh_export_does(files: list[bytes]) -> None:
    fresh = read_into({}, files[-1])
    held = read_into({}, files[0])
    for old, new in pairwise(files):
        update = changed_since(old, new)
        assert not update.older
        held = read_into(held, update.data)
    assert held == fresh
    for old in files:
        assert read_into(read_into({}, old), changed_since(old, files[-1]).data) == fresh


@both
@pytest.mark.parametrize("compact", [False, True], ids=["one by one", "compact"])
@settings(derandomize=True, deadline=None, max_examples=40)
@given(record=records(most=7))
def test_updates_one_after_another_or_from_any_older_file_lead_where_a_fresh_export_does(
    audience: Audience, compact: bool, record: Record
) -> None:
    writer = IcsWriter(audience=audience, options=WITH_TASKS)
    updates_lead_where_a_fresh_export_does(exports(replace(PARTICIPANT, record=record), lay, writer, compact=compact))


AT_RANDOM = [number for number in range(HISTORIES) if number % 3]
"""Histories of random treatments; those of real trials are long, and take the time of all others."""


@settings(derandomize=True, deadline=None, max_examples=12)
@given(number=st.sampled_from(AT_RANDOM))
def test_updates_lead_where_a_fresh_export_does_in_any_trial(number: int) -> None:
    trial, record = the(number).trial, the(number).record
    participant = replace(trial.participant, record=record[:5])
    states, plan = list(followed(participant, trial.lay)), trial.lay(replace(participant, record=()))
    for audience in BOTH:
        writer = IcsWriter(audience=audience, options=WITH_TASKS)
        updates_lead_where_a_fresh_export_does([writer.write(state) for state in states])
        updates_lead_where_a_fresh_export_does([writer.write(state, plan) for state in states])


@both
@settings(derandomize=True, deadline=None, max_examples=40)
@given(record=records(most=6))
def test_an_update_has_the_events_that_differ_and_no_other(audience: Audience, record: Record) -> None:
    files = exports(replace(PARTICIPANT, record=record), lay, IcsWriter(audience=audience))
    for old, new in combinations(files, 2):
        before, after = ({one["UID"]: one for one in vevents(octets)} for octets in (old, new))
        update = changed_since(old, new)
        assert vevents(update.data) == [one for uid, one in after.items() if before.get(uid) != one]
        assert (update.changed, update.total) == (len(vevents(update.data)), len(after))
        assert update.gone == ()


# -- one update


def two_days(**fields: object) -> bytes:
    first, second = injections(DAY_1, DAY_1 + timedelta(7))
    return write_ics(schedule(first, replace(second, **fields)))


def test_an_update_has_the_head_of_the_calendar_and_the_changed_event_byte_for_byte() -> None:
    old, new = two_days(), two_days(dose=dose(), title="Another", revision=1, revised=REVISED)
    head, first, second = new.split(b"BEGIN:VEVENT\r\n")
    assert changed_since(old, new).data == head + b"BEGIN:VEVENT\r\n" + second
    assert first in old


def test_what_was_only_stamped_anew_is_no_change() -> None:
    stamped = write_ics(schedule(*injections(DAY_1)), stamped=datetime(2027, 5, 1, tzinfo=UTC))
    assert changed_since(write_ics(schedule(*injections(DAY_1))), stamped).changed == 0


def test_a_raised_sequence_alone_is_a_change() -> None:
    assert changed_since(two_days(), two_days(revision=2, revised=REVISED)).changed == 1


def test_without_a_change_the_calendar_has_its_head_and_no_event() -> None:
    new = two_days()
    update = changed_since(new, new)
    assert update.data == new.partition(b"BEGIN:VEVENT")[0] + b"END:VCALENDAR\r\n"
    assert (update.changed, update.total, update.gone, update.older) == (0, 2, (), 0)


def test_what_only_the_older_calendar_has_is_told_by_date_and_title() -> None:
    old = write_ics(schedule(*injections(DAY_1, title="Pen, left\narm; 1\\2 " + "x" * 80), an_event("visit", DAY_1, "visits")))
    update = changed_since(old, write_ics(schedule(an_event("visit", DAY_1, "visits"))))
    assert update.gone == ("2026-01-05 Pen, left arm; 1\\2 " + "x" * 80,)
    assert update.changed == 0


def test_a_lower_sequence_than_before_is_counted_because_readers_would_not_take_it() -> None:
    assert changed_since(two_days(revision=2, revised=REVISED), two_days()).older == 1


def clocked(hour: int, minute: int = 0) -> Event:
    day = DAY_1 + timedelta(1)
    return an_event("visit", day, "visits", clock=at(day, datetime(2026, 1, 1, hour, minute).time()))  # noqa: DTZ001


def test_rule_10_an_update_describes_the_zone_where_one_of_its_events_needs_it() -> None:
    old = write_ics(schedule(*injections(DAY_1), clocked(9), zone=ZONE))
    moved = write_ics(schedule(*injections(DAY_1), clocked(10), zone=ZONE))
    titled = write_ics(schedule(*injections(DAY_1, title="Pen"), clocked(9), zone=ZONE))
    assert unfolded(changed_since(old, moved).data).count("BEGIN:VTIMEZONE") == 1
    assert unfolded(changed_since(old, titled).data).count("BEGIN:VTIMEZONE") == 0


def test_an_event_whose_text_reads_like_a_component_is_one_event() -> None:
    words = "\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:x\r\n" * 3
    old = write_ics(schedule(*injections(DAY_1, title=words)))
    assert changed_since(old, old).total == 1
    assert changed_since(old, write_ics(schedule(*injections(DAY_1, title=words + "!")))).changed == 1


def test_a_file_that_lost_its_carriage_returns_on_its_way_is_compared_all_the_same() -> None:
    new = two_days()
    assert changed_since(new.replace(b"\r\n", b"\n"), new).changed == 0


@settings(derandomize=True, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 10**4))
def test_a_damaged_older_file_is_never_an_error(noise: bytes, where: int) -> None:
    new = two_days()
    damaged = new[: where % len(new)] + noise + new[where % len(new) :][len(noise) // 2 :]
    update = changed_since(damaged, new)
    assert read_into(read_into({}, new), update.data) == read_into({}, new)
    assert update.total == 2
