"""No text of a regimen, participant or site file creates a property or a component in a calendar (rules 2 and 3), nor does an --id."""

import hashlib
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.running import Ran, good, run
from tests.readers.ics import LISTERS, READERS
from tests.readers.lines import Component, components

ROOT = Path(__file__).parents[2]
REGIMEN = """format: dosecal/1
study: {study}
source: {source}
title: {title}
events: [{event}]
flags: [{flag}]
arms:
  {arm}:
    title: {arm title}
    phases:
      {phase}:
        lasts: 30 days
        doses:
          {dose}: {give: 10 mg PO, when: every day for 12 days, title: {dose title}, product: {product}}
        medicines:
          {medicine}: {give: 1 mg PO, when: days 2 4}
        visits:
          {visit}: {when: day 8, window: ±2 days, at: 09:00, lasts: 1 hour, if-closed: next open day, title: {visit title}}
"""
PARTICIPANT = """participant: {id}
regimen: regimen.yaml
arm: {arm}
site: {site}
day-1: 2026-12-28
timezone: Europe/Berlin
flags: [{flag}]
times: {{time}: 07:30}
record:
  - {on: 2026-12-29, not-given: {dose}, why: {why}, by: {by}}
  - {on: 2026-12-30, moved: {visit}, due: 2027-01-04, to: 2027-01-05, why: {why}, by: {by}}
"""
SITE = """site: {site}
weekend: Sat Sun
"""
TEXTS = {
    "study": "Example", "source": "protocol", "title": "An example", "event": "progression", "flag": "smoker", "arm": "first",
    "arm title": "First arm", "phase": "treatment", "dose": "study drug", "dose title": "Tablet", "product": "bottle", "medicine": "salt",
    "visit": "checkup", "visit title": "Checkup", "id": "1042", "site": "Ward 3", "time": "breakfast", "why": "fever",
    "by": "JD",
}  # fmt: skip
PRINTABLE = [
    "\\nX-EVIL:1", "\\r\\nEND:VEVENT", "\\NX-EVIL:1", ";X-EVIL=1:", '";X-EVIL="1":', "END:VEVENT", "BEGIN:VALARM", "X-EVIL:1", "a,b;c:d",
    "^n^'", "{0.__class__} {day} %(x)s %s", "=0D=0A", "&#13;&#10;X-EVIL:1", "💉日本語שלום" * 20, "x" * 74 + " X-EVIL:1", "é" * 499,
    "2026-01-31 \\, \\;",
]  # fmt: skip
"""What a name may hold, though some fields refuse some of it."""
REFUSED = [
    "a\r\nX-EVIL:1", "a\nX-EVIL:1", "a\rX-EVIL:1", "a\r\n X-EVIL:1", "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nb", "a\x00b", "a\x0bX-EVIL:1",
    "a\x85X-EVIL:1", "a\u2028X-EVIL:1", "a\u2029X-EVIL:1", "a\u202eb", "a\u2066b\u2069", "a\u200fb", "a\x1b[31mb", "\ufeffa", "x" * 10_000,
]  # fmt: skip
WISHES = [
    ("participant", "--alarm", "30m", "--todo"), ("participant", "--compact", "--refresh", "12h", "--color", "teal"),
    ("site", "--alarm", "1d", "--todo"), ("unblinded", "--compact", "--alarm", "2h"), ("rater", "--todo"),
]  # fmt: skip
LANGUAGES = ("cs", "de", "en", "es", "fr", "it", "nl", "pl", "pt-BR", "sv")


def quoted(words: str) -> str:
    """A double-quoted scalar of YAML, with escapes for all that is not plain."""
    return '"' + "".join(c if c.isprintable() and c not in '"\\\\' else f"\\U{ord(c):08X}" for c in words) + '"'


def put(folder: Path, **changed: str) -> None:
    """Write the three files, some texts changed (`dose_title`: "dose title")."""
    texts = TEXTS | {name.replace("_", " "): words for name, words in changed.items()}
    for name, content in (("regimen", REGIMEN), ("participant", PARTICIPANT), ("site", SITE)):
        for field, words in texts.items():
            content = content.replace(f"{{{field}}}", quoted(words))  # noqa: PLW2901
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")


def as_typed(wishes: tuple[str, ...], language: str) -> list[str]:
    audience, *options = wishes
    spoken = ["--language", language] if audience == "participant" else []
    return ["ics", "regimen.yaml", "--participant", "participant.yaml", "--site", "site.yaml", "--audience", audience, *options, *spoken]


def every_case() -> list[tuple[str, str]]:
    return [(field, words) for field in TEXTS for words in (*PRINTABLE, *REFUSED)]


class Case(NamedTuple):
    """A text in its place, the calendar that was asked for, and what came of it."""

    field: str
    words: str
    wishes: tuple[str, ...]
    ran: Ran


def sweep(folder: Path, step: int = 1) -> Iterator[Case]:
    """Every text in every place; what is asked for takes turns, twice for each. `step`: only each so many of them."""
    for n, (field, words) in list(enumerate(every_case()))[::step]:
        put(folder, **{field: words})
        for wishes in (WISHES[n % len(WISHES)], WISHES[(n + 2) % len(WISHES)]):
            ran = run(*as_typed(wishes, LANGUAGES[n % len(LANGUAGES)]), folder=folder)
            yield Case(field, words, wishes, ran)
            if ran.code:
                break


@cache
def swept() -> list[Case]:
    with tempfile.TemporaryDirectory() as folder:
        return list(sweep(Path(folder)))


@cache
def harmless(wishes: tuple[str, ...]) -> list[Component]:
    """What stands in the calendar with ordinary words."""
    with tempfile.TemporaryDirectory() as folder:
        put(Path(folder))
        found = components(good(*as_typed(wishes, "en"), folder=Path(folder)))
    assert {one.path for one in found} >= {"VCALENDAR/VEVENT", "VCALENDAR/VTIMEZONE/STANDARD"}
    return found


def test_rule_3_a_text_is_refused_or_stays_a_text() -> None:
    for case in swept():
        if case.ran.code:
            assert (case.ran.code, case.ran.out) == (1, b""), case
        else:
            assert components(case.ran.out) == harmless(case.wishes), case


def test_rule_2_a_control_a_line_break_or_a_mark_of_direction_is_refused_in_every_field() -> None:
    for case in swept():
        if case.words in REFUSED:
            assert case.ran.code == 1, case
            if len(case.words) < 100:  # of a name that is too long for YAML, YAML complains
                assert "error[control-character]" in case.ran.err, case


def test_every_field_takes_most_of_what_can_be_printed() -> None:
    # Else the tests above would pass because nothing is ever written.
    taken = Counter((case.field, case.words) for case in swept() if not case.ran.code)
    fields = Counter(field for field, _ in taken)
    assert fields.keys() == TEXTS.keys()
    assert min(fields.values()) >= len(PRINTABLE) - 4
    assert {case.wishes for case in swept() if not case.ran.code} == set(WISHES)


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_finds_the_text_as_it_was_written(reader: str, tmp_path: Path) -> None:
    words = "a,b;c:d \\nX-EVIL:1"
    files = []
    for field in ("phase", "dose", "visit", "why"):
        put(tmp_path, **{field: words})
        files.append(good(*as_typed(("unblinded",), "en"), folder=tmp_path))
    for events in READERS[reader](files):
        assert any(words in f"{one.summary} {one.description}" for one in events)


@pytest.mark.parametrize("reader", LISTERS)
def test_rule_3_every_reader_finds_the_same_components_whatever_the_texts(reader: str) -> None:
    octets = dict.fromkeys(case.ran.out for case in swept() if not case.ran.code)
    assert LISTERS[reader](list(octets)) == [components(one) for one in octets]


def test_rules_2_and_3_hold_without_assert_statements(tmp_path: Path) -> None:
    # Only each seventh: all of them take long. Digests, because -O takes the assertions out of the tests too.
    script = "import sys; from pathlib import Path; from tests.cli.test_ics_injection import *; print(digest(Path(sys.argv[1]), 7))"
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-O", "-c", script, tmp_path], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == digest(tmp_path, 7)


def digest(folder: Path, step: int) -> str:
    """Of all that a sweep says and writes."""
    told = hashlib.sha256()
    for case in sweep(folder, step):
        told.update(repr(case.ran).encode())
    return told.hexdigest()


@pytest.mark.parametrize("words", [*PRINTABLE, *REFUSED])
def test_rule_3_an_id_typed_as_an_option_is_refused_or_stays_a_text(words: str, tmp_path: Path) -> None:
    typed = ["ics", "care-ms-ii", "--arm", "alemtuzumab-12", "--start", "2026-01-05", "--audience", "unblinded"]
    ran = run(*typed, f"--id={words}", folder=tmp_path)
    if words in REFUSED:
        assert (ran.code, ran.out) == (2, b"")
    if not ran.code:
        assert components(ran.out) == components(good(*typed, "--id=1042", folder=tmp_path))


def test_rule_3_holds_for_years_apart_and_for_updates(tmp_path: Path) -> None:
    typed = as_typed(("site", "--todo", "--alarm", "30m"), "en")
    put(tmp_path)
    good(*typed, "--split", "year", "-o", "plain.ics", folder=tmp_path)
    good(*typed, "--as-of", "2026-12-28", "-o", "before.ics", folder=tmp_path)
    update = components(good(*typed, "--since", "before.ics", folder=tmp_path))
    assert sum(one.path == "VCALENDAR/VEVENT" for one in update) == 2
    for words in PRINTABLE[:9]:
        put(tmp_path, dose=f"{words} 1", visit=f"{words} 2", dose_title=words, why=words, arm=words, phase=words)
        good(*typed, "--split", "year", "-o", "nasty.ics", "--force", folder=tmp_path)
        for year in (2026, 2027):
            files = [components((tmp_path / f"{name}-{year}.ics").read_bytes()) for name in ("plain", "nasty")]
            assert files[0] == files[1], words
        good(*typed, "--as-of", "2026-12-28", "-o", "before.ics", "--force", folder=tmp_path)
        assert components(good(*typed, "--since", "before.ics", folder=tmp_path)) == update, words
