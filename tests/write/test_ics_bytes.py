"""The file is, byte for byte, what icalendar writes for the same calendar built directly; and no text can break out of its place."""

import os
import re
import subprocess
import sys
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

import icalendar
import msgspec
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from dosecal import __version__
from dosecal.schedule import Event, Schedule
from dosecal.study_time import Window, Zone
from dosecal.write.ics import write_ics
from tests.readers.lines import unfolded
from tests.write.schedules import DAY_1, ZONE, at, dose, event, schedule

ROOT = Path(__file__).parents[2]
BOTH: tuple[Literal["participant", "site"], ...] = ("participant", "site")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

NASTY = st.sampled_from([
    "plain", "a, b; c\\d", "two\nlines", "\r\nEND:VEVENT\r\n", "💉👩‍⚕️" * 30, "שלום \u202e\u2066", "日本語" * 50, "x" * 10_000,
    "\x00\x1b\u2028\x85",
    "2026-01-31 " * 40, "é1" * 60, '"quoted"', "^n^'", "{day} %s {0}", "tab\there", "\\", ":", " lead and trail ", "\ufeffbom",
])  # fmt: skip
WORDS = st.text(max_size=120) | NASTY | st.tuples(NASTY, st.text(max_size=30), NASTY).map("".join)


def plain(words: str) -> str:
    """`words` as they may stand in a calendar: by Unicode category, where the code under test has a list of code points."""
    spaced = words.replace("\t", " ")
    return "".join(c for c in spaced if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp"))


def safe(words: str) -> bool:
    # icalendar reads a backslash before a capital N as a newline; that is mended here, so there the bytes must differ.
    return "\\N" not in plain(words)


def directly(calendar_name: str, vtimezone: bytes, events: list[tuple[Event, str, str, str]]) -> bytes:
    """The calendar built with icalendar's usual calls; each event with its UID, summary and description.

    A cancelled one has the state "cancelled".
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//dosecal//dosecal {__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("name", icalendar.vText(calendar_name))
    calendar.add("x-wr-calname", icalendar.vText(calendar_name))
    if vtimezone:
        calendar.add("x-dosecal-zone-data", icalendar.vText(ZONE.data_version))
        calendar.add_component(icalendar.Timezone.from_ical(vtimezone))
    for told, uid, summary, description in events:
        vevent = icalendar.Event()
        vevent.add("uid", uid)
        vevent.add("dtstamp", told.revised or EPOCH)
        vevent.add("last-modified", told.revised or EPOCH)
        vevent.add("summary", summary)
        if description:
            vevent.add("description", description)
        vevent.add("dtstart", told.clock.local if told.clock else told.date)
        if told.clock is None:
            vevent.add("dtend", told.date + timedelta(1))
        elif told.lasts:
            vevent.add("dtend", (told.clock.local.astimezone(UTC) + told.lasts).astimezone(ZONE.rules))
        vevent.add("categories", ["Visit"])
        vevent.add("status", "CANCELLED" if told.state == "cancelled" else "CONFIRMED")
        vevent.add("sequence", told.revision)
        vevent.add("transp", "TRANSPARENT" if told.state == "cancelled" else "OPAQUE")
        calendar.add_component(vevent)
    octets = calendar.to_ical()
    assert isinstance(octets, bytes)
    return octets


def pieces_of(octets: bytes) -> tuple[bytes, list[str]]:
    """The VTIMEZONE as written, and the UIDs: what is tested elsewhere."""
    found = re.search(rb"BEGIN:VTIMEZONE.*END:VTIMEZONE\r\n", octets, re.DOTALL)
    return found.group() if found else b"", [line.removeprefix("UID:") for line in unfolded(octets) if line.startswith("UID:")]


@st.composite
def visits(draw: st.DrawFn) -> Event:
    """A visit at any time of day but never in the night, when the clock changes."""
    day = draw(st.dates(date(2024, 1, 1), date(2030, 12, 31)))
    days = draw(st.integers(1, 12))
    clock = None
    if draw(st.booleans()):
        moment = time(draw(st.integers(6, 20)), draw(st.integers(0, 59)))
        offset = datetime.combine(day, moment, ZONE.rules).utcoffset()
        assert offset is not None
        clock = at(day, moment, offset // timedelta(hours=1))
    revision = draw(st.sampled_from([0, 0, 1, 9, 10, 123, 99_999]))
    revised = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=draw(st.integers(0, 10**9))) if revision else None
    return event(
        draw(WORDS), day, "visits", title=draw(st.none() | WORDS.filter(bool)), phase=draw(st.none() | WORDS), clock=clock,
        course_day=draw(st.integers(1, days)), course_days=days, reasons=tuple(draw(st.lists(WORDS, max_size=2))),
        window=draw(st.none() | st.just(Window(day - timedelta(7), day + timedelta(9)))),
        lasts=timedelta(minutes=draw(st.integers(1, 200))) if clock and draw(st.booleans()) else None,
        revision=revision, revised=revised, state=draw(st.sampled_from(["planned", "done", "cancelled"])) if revision else "planned",
    )  # fmt: skip


def in_course(told: Event, words: str) -> str:
    return words if told.course_days == 1 else f"{words}, day {told.course_day} of {told.course_days}"


def titled(told: Event, words: str) -> str:
    return f"Cancelled: {in_course(told, words)}" if told.state == "cancelled" else in_course(told, words)


def described(told: Event) -> str:
    lines = []
    if told.state == "cancelled" and told.reasons:
        lines.append(f"Why it is cancelled: {told.reasons[-1]}")
        told = msgspec.structs.replace(told, reasons=told.reasons[:-1])
    lines.append(f"Study day {told.study_day}")
    lines += [f"Phase: {told.phase}"] if told.phase is not None else []
    lines += [f"Window: {told.window.earliest} to {told.window.latest}"] if told.window else []
    if told.lasts:
        hours, minutes = divmod(told.lasts // timedelta(minutes=1), 60)
        parts = [f"{n} {unit}" if n == 1 else f"{n} {unit}s" for n, unit in ((hours, "hour"), (minutes, "minute")) if n]
        lines.append(f"Lasts {' '.join(parts)}")
    lines += ["Why this date:", *(f"- {reason}" for reason in told.reasons)] if told.reasons else []
    return "\n".join(lines)


def place_in_order(told: Event) -> tuple[date, bool, time]:
    return told.date, told.clock is not None, told.clock.local.time() if told.clock else time.min


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.lists(visits(), max_size=4), WORDS, WORDS)
def test_the_bytes_are_those_of_icalendar_for_the_same_calendar(events: list[Event], study: str, participant: str) -> None:
    numbered = sorted((msgspec.structs.replace(told, key=str(n)) for n, told in enumerate(events)), key=place_in_order)
    texts = [study, participant, *(text for told in numbered for text in (told.item, told.title or "", told.phase or "", *told.reasons))]
    assume(all(map(safe, texts)))
    # What is cancelled, and every other of what moved, does not stand among the events of a followed schedule.
    absent = tuple(told for told in numbered if told.state == "cancelled")
    beyond = tuple(told for told in numbered if told.revision and told not in absent)[::2]
    listed = [told for told in numbered if told not in absent and told not in beyond]
    whole = schedule(*listed, study=study, participant=participant, zone=ZONE, absent=absent, beyond=beyond)
    numbered = sorted([*listed, *absent, *beyond], key=place_in_order)

    for_participant = write_ics(whole)
    vtimezone, uids = pieces_of(for_participant)
    told = [(e, uid, plain(titled(e, e.title or "Clinic visit")), "") for e, uid in zip(numbered, uids, strict=True)]
    assert for_participant == directly("Visits and treatment", vtimezone, told)

    for_site = write_ics(whole, audience="site")
    told = [(e, uid, plain(titled(e, e.item)), plain(described(e))) for e, uid in zip(numbered, uids, strict=True)]
    assert for_site == directly(plain(f"{study}: participant {participant}"), vtimezone, told)


# -- rule 3: no text can create a property or a component

INJECTIONS = [
    "\r\nATTENDEE:mailto:evil@example.org", "\nX-EVIL:1", "\rX-EVIL:1", "\r\nEND:VEVENT\r\nBEGIN:VEVENT",
    "\u2028X-EVIL:1", "\x85X-EVIL:1",
    "\x0bX-EVIL:1", "x" * 74 + "\r\n X-EVIL:1", "\\nX-EVIL:1", "\\\nX-EVIL:1", "\\\r\n", ";X-EVIL=1:", '";X-EVIL="1":',
    "\x01\x01\x02\x03\x04\x05\x06\x07\x08",
    "END:VCALENDAR\r\n", "\r\n\r\n", "a\\", "\\N", "{0.__class__}", "%(x)s",
]  # fmt: skip


def with_every_text(words: str) -> Schedule:
    told = event(words, DAY_1, title=words, phase=words, reasons=(words, words), flags=(words,), key=words, dose=dose())
    clocked = event("visit", DAY_1, "visits", key="visit", clock=at(DAY_1, time(9)))
    return schedule(told, clocked, study=words, participant=words, arm=words, zone=Zone(ZONE.name, ZONE.rules, words))


def skeleton(octets: bytes) -> list[str]:
    """Every property's name with its parameters, and every component's beginning and end."""
    return [line if line.startswith(("BEGIN:", "END:")) else line.partition(":")[0] for line in unfolded(octets)]


@pytest.mark.parametrize("audience", BOTH)
@pytest.mark.parametrize("words", INJECTIONS)
def test_rule_3_no_text_can_create_a_property_or_a_component(words: str, audience: Literal["participant", "site"]) -> None:
    octets = write_ics(with_every_text(words), audience=audience)
    assert skeleton(octets) == skeleton(write_ics(with_every_text("harmless"), audience=audience))
    parsed = icalendar.Calendar.from_ical(octets)
    assert [component.name for component in parsed.walk("VEVENT")] == ["VEVENT", "VEVENT"]
    assert not {"ATTENDEE", "X-EVIL"} & {name for component in parsed.walk() for name in component}


@settings(derandomize=True, deadline=None, max_examples=150)
@given(WORDS)
@example("")
def test_rule_3_whatever_the_text_the_skeleton_stays(words: str) -> None:
    for audience in BOTH:
        octets = write_ics(with_every_text(words or "x"), audience=audience)
        assert skeleton(octets) == skeleton(write_ics(with_every_text("harmless"), audience=audience))


def test_rule_3_holds_without_assert_statements() -> None:
    script = (
        "import sys; from tests.write.test_ics_bytes import *\n"
        "sys.stdout.buffer.writelines(write_ics(with_every_text(w), audience=a) for a in BOTH for w in INJECTIONS)"
    )
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    optimised = subprocess.run([sys.executable, "-O", "-c", script], cwd=ROOT, env=env, capture_output=True, check=True).stdout
    assert optimised == b"".join(write_ics(with_every_text(words), audience=audience) for audience in BOTH for words in INJECTIONS)


@pytest.mark.parametrize("name", ["X\r\nX-EVIL:1", "Europe/Berlin:X", "a;b", "", "a b", "Zürich"])
def test_rule_3_what_cannot_be_a_zones_name_is_never_written(name: str) -> None:
    told = event("visit", DAY_1, "visits", clock=at(DAY_1, time(9)))
    with pytest.raises(ValueError, match="time zone"):
        write_ics(schedule(told, zone=Zone(name, ZONE.rules, "2026f")))


def test_a_backslash_before_a_capital_n_stays_what_it_is() -> None:
    octets = write_ics(schedule(event("visit", DAY_1, "visits", title="C:\\New")))
    assert "SUMMARY:C:\\\\New" in unfolded(octets)
