"""Rules 2 and 3 for every audience, language and option: whatever stands in the texts, the components and properties are the same."""

import hashlib
import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from dosecal.languages import language_codes, language_named
from dosecal.regimen import Audience
from dosecal.schedule import Schedule
from dosecal.study_time import Window, Zone
from dosecal.write.ics import write_ics
from dosecal.write.mould import clean
from dosecal.write.options import NOTHING_ASKED, CalendarOptions
from tests.readers.ics import LISTERS
from tests.readers.lines import Component, components
from tests.write.schedules import DAY_1, ZONE, at, dose, event, schedule
from tests.write.test_ics_bytes import INJECTIONS

ROOT = Path(__file__).parents[2]
EVERYTHING = CalendarOptions(alarm=timedelta(minutes=30), tasks=True, refresh=timedelta(hours=12), color="teal")
REVISED = datetime(2026, 2, 1, tzinfo=UTC)
TEXTS = [
    *INJECTIONS, "a\u202eb\u2066c\u2069\u200f", "x" * 10_000, "é" * 5_000, "\x00", "\ufeffX-EVIL:1", "\r\n" * 50, "END:VEVENT",
    "\ud800",
]  # fmt: skip
Wish = tuple[Audience, str, CalendarOptions, bool]
"""Audience, language, options, and whether as series."""


def wishes() -> list[Wish]:
    spoken: list[tuple[Audience, str]] = [("participant", code) for code in language_codes()]
    options = (NOTHING_ASKED, EVERYTHING)
    return [(*who, asked, compact) for who, asked, compact in product([*spoken, ("site", "en"), ("rater", "en")], options, (False, True))]


def schedules(words: str) -> tuple[Schedule, Schedule]:
    """A schedule and its plan with `words` in every text: a series, one of it moved and one cancelled, a visit with a clock time."""
    facts: dict[str, Any] = {"title": words, "phase": words, "reasons": (words, words), "flags": (words,), "dose": dose(route="PO")}
    days = [DAY_1 + timedelta(n) for n in range(6)]
    series = [event(words, day, key=f"{words} {n}", month=0, **facts) for n, day in enumerate(days)]
    clocked = event(
        words, DAY_1, "visits", key=f"{words} visit", clock=at(DAY_1, time(9)), lasts=timedelta(hours=1), title=words,
        window=Window(date(2026, 1, 1), date(2026, 1, 9)),
    )  # fmt: skip
    moved = replace(series[2], date=series[2].date + timedelta(9), revision=1, revised=REVISED)
    gone = replace(series[4], state="cancelled", revision=2, revised=REVISED)
    here = Zone(ZONE.name, ZONE.rules, words)
    about: dict[str, Any] = {"study": words, "participant": words, "arm": words, "holidays": words, "zone": here}
    plan = schedule(clocked, *series, **about)
    return schedule(clocked, series[0], series[1], series[3], series[5], moved, absent=(gone,), **about), plan


def written(words: str, wish: Wish) -> bytes:
    audience, language, options, compact = wish
    told, plan = schedules(words)
    return write_ics(told, audience=audience, language=language_named(language), options=options, plan=plan if compact else None)


@cache
def harmless(wish: Wish) -> list[Component]:
    return components(written("harmless", wish))


def test_the_calendars_differ_in_what_was_asked_for() -> None:
    assert len(wishes()) == 48
    paths = [component.path for wish in wishes() for component in harmless(wish)]
    for path in ("VTIMEZONE/STANDARD", "VTODO", "VEVENT/VALARM"):
        assert f"VCALENDAR/{path}" in paths
    assert any("RECURRENCE-ID" in component.properties for wish in wishes() for component in harmless(wish))


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_rules_2_and_3_no_text_creates_a_property_or_a_component_for_anyone(number: int) -> None:
    for wish in wishes()[number % 3 :: 3]:  # three texts after each other see every wish, since many of them are of one kind
        octets = written(TEXTS[number], wish)
        assert components(octets) == harmless(wish), wish
        assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029]", octets.decode("utf-8").replace("\r\n", ""))


@pytest.mark.parametrize("reader", LISTERS)
def test_rule_3_every_reader_finds_the_components_that_harmless_texts_have(reader: str) -> None:
    # A text of controls alone is left empty, which libical calls an error; a file with such a text is refused.
    texts = [words for words in TEXTS if clean(words)]
    asked = [wish for wish in wishes() if wish[1] in ("en", "de") and wish[2] == EVERYTHING]
    cases = list(product(texts, asked))
    assert LISTERS[reader]([written(words, wish) for words, wish in cases]) == [harmless(wish) for _, wish in cases]


def digest() -> str:
    """Of every text in some of the calendars."""
    files = (written(words, wish) for n, words in enumerate(TEXTS) for wish in wishes()[n % 11 :: 11])
    return hashlib.sha256(b"".join(files)).hexdigest()


def test_rules_2_and_3_hold_without_assert_statements_for_everyone() -> None:
    script = "from tests.write.test_ics_every_text import digest; print(digest())"
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-O", "-c", script], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == digest()
