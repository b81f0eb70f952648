"""What a calendar has on request (rules 16 to 18): byte for byte what icalendar writes, and nothing of it without a word."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import icalendar
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from icalendar.prop import vDuration
from msgspec.structs import replace

from dosecal import __version__
from dosecal.schedule import Event
from dosecal.write.ics import IcsWriter, write_ics
from dosecal.write.options import CalendarOptions
from dosecal.write.uid import study_key
from dosecal.write.wording import Audience
from tests.readers.ics import READERS
from tests.readers.lines import unfolded
from tests.write.schedules import DAY_1, ZONE, at, dose, event, injections, schedule
from tests.write.test_ics_bytes import WORDS, described, in_course, place_in_order, plain, safe, visits

BOTH: tuple[Audience, ...] = ("participant", "site")
both = pytest.mark.parametrize("audience", BOTH)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
REMINDER = "Reminder: please look at your calendar"
EVERYTHING = CalendarOptions(
    alarm=timedelta(minutes=30), tasks=True, refresh=timedelta(hours=12), color="teal", uid_key=study_key(b"a key for this test alone")
)
TUESDAY = DAY_1 + timedelta(1)


def components(octets: bytes, name: str) -> list[list[str]]:
    """The lines of each component of a name, with those of what is inside it."""
    blocks = "\n".join(unfolded(octets)).split(f"BEGIN:{name}\n")[1:]
    return [block.partition(f"\nEND:{name}")[0].split("\n") for block in blocks]


def values(lines: list[str]) -> dict[str, str]:
    return dict(line.split(":", 1) for line in lines)


# -- the bytes

Texts = tuple[str, str, str]
"""Summary, description ("": none) and category."""


def directly(options: CalendarOptions, name: str, zone: bytes, told: list[tuple[Event, Texts]], uids: list[str]) -> bytes:
    """The calendar built with icalendar's usual calls; each event with its texts, and the UIDs in the file's order."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//dosecal//dosecal {__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("name", icalendar.vText(name))
    calendar.add("x-wr-calname", icalendar.vText(name))
    calendar.add("x-dosecal-uids", "keyed")
    calendar.add("color", options.color)
    assert options.refresh is not None
    calendar.add("refresh-interval", options.refresh, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(options.refresh))
    if zone:
        calendar.add("x-dosecal-zone-data", ZONE.data_version)
        calendar.add_component(icalendar.Timezone.from_ical(zone))
    remaining = iter(uids)
    for one, texts in told:
        vevent = common(icalendar.Event(), one, next(remaining), texts)
        vevent.add("dtstart", one.clock.local if one.clock else one.date)
        if one.clock is None:
            vevent.add("dtend", one.date + timedelta(1))
        elif one.lasts:
            vevent.add("dtend", (one.clock.local.astimezone(UTC) + one.lasts).astimezone(ZONE.rules))
        vevent.add("status", "CANCELLED" if one.state == "cancelled" else "CONFIRMED")
        vevent.add("transp", "TRANSPARENT")
        if one.state != "cancelled":
            assert options.alarm is not None
            alarm = icalendar.Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", REMINDER)
            alarm.add("trigger", -options.alarm)
            vevent.add_component(alarm)
        calendar.add_component(vevent)
        vtodo = common(icalendar.Todo(), one, next(remaining), texts)
        vtodo.add("due", one.clock.local if one.clock else one.date)
        if one.state == "cancelled":
            vtodo.add("status", "CANCELLED")
        calendar.add_component(vtodo)
    octets = calendar.to_ical()
    assert isinstance(octets, bytes)
    return octets


def common(component: Any, one: Event, uid: str, texts: Texts) -> Any:
    summary, description, category = texts
    component.add("uid", uid)
    component.add("dtstamp", one.revised or EPOCH)
    component.add("last-modified", one.revised or EPOCH)
    component.add("summary", summary)
    if description:
        component.add("description", description)
    component.add("categories", [category])
    component.add("sequence", one.revision)
    return component


@settings(derandomize=True, deadline=None, max_examples=80)
@given(
    events=st.lists(visits(), max_size=3),
    study=WORDS,
    alarm=st.integers(1, 28 * 24 * 60),
    refresh=st.integers(1, 28 * 24 * 60),
    color=st.sampled_from(["teal", "red"]),
)
def test_rules_16_to_18_the_bytes_are_those_of_icalendar(events: list[Event], study: str, alarm: int, refresh: int, color: str) -> None:
    at_home = [replace(told, section="doses", dose=dose(), key=str(number)) for number, told in enumerate(events)]
    texts = [study, *(text for told in at_home for text in (told.item, told.title or "", told.phase or "", *told.reasons))]
    assume(all(map(safe, texts)))
    at_home.sort(key=place_in_order)
    options = CalendarOptions(
        alarm=timedelta(minutes=alarm), tasks=True, refresh=timedelta(minutes=refresh), color=color, uid_key=EVERYTHING.uid_key
    )
    absent = tuple(told for told in at_home if told.state == "cancelled")
    whole = schedule(*(told for told in at_home if told not in absent), study=study, participant="1", zone=ZONE, absent=absent)

    for audience in BOTH:
        written = write_ics(whole, audience=audience, options=options)
        category = "Treatment" if audience == "participant" else "Dose"
        told = []
        for one in at_home:
            words = in_course(one, one.title or "Injection") if audience == "participant" else f"{in_course(one, one.item)}: {MCG_44}"
            summary = f"Cancelled: {words}" if one.state == "cancelled" else words
            told.append((one, (plain(summary), plain(described(one)) if audience == "site" else "", category)))
        name = "Visits and treatment" if audience == "participant" else plain(f"{study}: participant 1")
        uids = [line.removeprefix("UID:") for line in unfolded(written) if line.startswith("UID:")]
        assert written == directly(options, name, zone_of(written), told, uids)


MCG_44 = "44 micrograms subcutaneous"


def zone_of(octets: bytes) -> bytes:
    _, begin, rest = octets.partition(b"BEGIN:VTIMEZONE")
    inside, end, _ = rest.partition(b"END:VTIMEZONE\r\n")
    return begin + inside + end


@both
def test_without_a_word_there_is_none_of_it(audience: Audience) -> None:
    octets = write_ics(schedule(*injections(DAY_1, TUESDAY)), audience=audience)
    for word in (b"VALARM", b"VTODO", b"REFRESH", b"X-PUBLISHED-TTL", b"COLOR", b"X-DOSECAL-UIDS"):
        assert word not in octets


def test_one_writer_serves_several_schedules_with_the_same_bytes_as_several_writers() -> None:
    arms = [schedule(*injections(DAY_1, TUESDAY), participant=who) for who in ("1", "2", "1")]
    writer = IcsWriter(options=EVERYTHING)
    assert [writer.write(arm) for arm in arms] == [write_ics(arm, options=EVERYTHING) for arm in arms]


# -- rule 16: alarms


@pytest.mark.parametrize(
    ("before", "trigger"),
    [
        (timedelta(minutes=30), "-PT30M"), (timedelta(hours=2), "-PT2H"), (timedelta(minutes=90), "-PT1H30M"), (timedelta(1), "-P1D"),
        (timedelta(28), "-P28D"),
    ],
)  # fmt: skip
def test_rule_16_an_alarm_is_a_display_with_words_and_a_relative_trigger_and_stands_last(before: timedelta, trigger: str) -> None:
    for told in (injections(DAY_1)[0], event("visit", DAY_1, "visits", clock=at(DAY_1, time(9)))):
        [lines] = components(write_ics(schedule(told, zone=ZONE), options=CalendarOptions(alarm=before)), "VEVENT")
        assert lines[-5:] == ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{REMINDER}", f"TRIGGER:{trigger}", "END:VALARM"]
        assert "VALARM" not in "".join(lines[:-5])


@both
def test_rule_16_what_is_cancelled_rings_no_more(audience: Audience) -> None:
    kept, gone = injections(DAY_1, TUESDAY)
    gone = replace(gone, state="cancelled", revision=1, revised=EPOCH)
    [first, second] = components(write_ics(schedule(kept, absent=(gone,)), audience=audience, options=EVERYTHING), "VEVENT")
    assert "BEGIN:VALARM" in first
    assert "BEGIN:VALARM" not in second
    assert "STATUS:CANCELLED" in second


@both
def test_rule_20_an_alarm_says_nothing_of_what_it_is_about(audience: Audience) -> None:
    told = event("Zdrug", DAY_1, title="Ztitle", phase="Zphase", dose=dose(), reasons=("Zreason",))
    whole = schedule(told, study="Zstudy", participant="Zid", arm="Zarm")
    [lines] = components(write_ics(whole, audience=audience, options=EVERYTHING), "VALARM")
    assert not [line for line in lines if "Z" in line]


# -- rule 17: tasks


def mixed() -> bytes:
    """An injection at home, an infusion and a visit at the site."""
    infusion = event("drug", TUESDAY, dose=dose("12", "mg", "IV"))
    visit = event("visit", TUESDAY, "visits", clock=at(TUESDAY, time(9)))
    clocked = event("tablet", TUESDAY, dose=dose("5", "mg", "PO"), clock=at(TUESDAY, time(20)), lasts=timedelta(minutes=5))
    return write_ics(schedule(*injections(DAY_1), infusion, visit, clocked, zone=ZONE), options=EVERYTHING)


def test_rule_17_a_task_stands_beside_each_dose_taken_at_home_and_no_other_event() -> None:
    assert [values(lines)["SUMMARY"] for lines in components(mixed(), "VEVENT")] == [
        "Injection", "Infusion", "Clinic visit", "Medicine by mouth",
    ]  # fmt: skip
    assert [values(lines)["SUMMARY"] for lines in components(mixed(), "VTODO")] == ["Injection", "Medicine by mouth"]


def test_rule_17_a_task_is_due_on_its_day_or_at_its_time_and_rings_not_a_second_time() -> None:
    all_day, clocked = (values(lines) for lines in components(mixed(), "VTODO"))
    assert all_day["DUE;VALUE=DATE"] == "20260105"
    assert clocked["DUE;TZID=America/Los_Angeles"] == "20260106T200000"
    for task in (all_day, clocked):
        assert not {"DTSTART", "BEGIN", "STATUS", "COMPLETED"} & {name.partition(";")[0] for name in task}


def test_rule_5_a_task_has_a_uid_of_its_own_and_the_event_the_one_that_it_has_without_tasks() -> None:
    whole = schedule(*injections(DAY_1, TUESDAY), participant="1042")
    with_tasks = write_ics(whole, options=CalendarOptions(tasks=True))
    events, tasks = ([values(lines)["UID"] for lines in components(with_tasks, name)] for name in ("VEVENT", "VTODO"))
    assert events == [values(lines)["UID"] for lines in components(write_ics(whole), "VEVENT")]
    assert len({*events, *tasks}) == 4
    assert {uid.partition("-")[0] for uid in (*events, *tasks)} == {"89dc460f8b55ced846cf4a7f618a0929"}


@both
def test_rule_8_a_cancelled_dose_has_a_cancelled_task(audience: Audience) -> None:
    gone = replace(injections(DAY_1)[0], state="cancelled", revision=3, revised=EPOCH)
    [task] = components(write_ics(schedule(absent=(gone,)), audience=audience, options=EVERYTHING), "VTODO")
    found = values(task)
    assert (found["STATUS"], found["SEQUENCE"], found["SUMMARY"][:11]) == ("CANCELLED", "3", "Cancelled: ")


# -- rule 18 and the colour


def test_rule_18_both_forms_of_the_refresh_interval_say_the_same_before_any_component() -> None:
    lines = unfolded(write_ics(schedule(*injections(DAY_1)), options=EVERYTHING))
    head = lines[: lines.index("BEGIN:VEVENT")]
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT12H" in head
    assert "X-PUBLISHED-TTL:PT12H" in head
    assert "COLOR:teal" in head


# -- other readers


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_finds_the_same_events_with_and_without_what_was_asked_for(reader: str) -> None:
    clocked = event("visit", TUESDAY, "visits", clock=at(TUESDAY, time(9)))
    whole = schedule(*injections(DAY_1), clocked, zone=ZONE)
    more = CalendarOptions(alarm=timedelta(hours=2), tasks=True, refresh=timedelta(1), color="navy")
    without, with_all = READERS[reader]([write_ics(whole), write_ics(whole, options=more)])
    assert without == with_all
    assert [one.start for one in with_all] == [DAY_1.isoformat(), "2026-01-06T17:00:00Z"]


def test_a_date_is_a_date_for_whoever_reads_the_due() -> None:
    parsed = icalendar.Calendar.from_ical(mixed())
    assert next(iter(parsed.walk("VTODO"))).decoded("DUE") == date(2026, 1, 5)
    assert {alarm.decoded("TRIGGER") for alarm in parsed.walk("VALARM")} == {-timedelta(minutes=30)}
    assert parsed["REFRESH-INTERVAL"].dt == timedelta(hours=12)
