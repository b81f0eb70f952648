"""A participant's calendar in their language: the bytes are icalendar's, the words are the catalogue's and nobody else's."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import icalendar
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dosecal import __version__
from dosecal.audience import seen
from dosecal.dose import ROUTES
from dosecal.languages import ENGLISH, Language, english, language_named
from dosecal.regimen import SECTIONS, items_of
from dosecal.schedule import Event, Schedule
from dosecal.study_time import Window
from dosecal.write.discreet import discreet
from dosecal.write.ics import write_ics
from dosecal.write.options import CalendarOptions
from dosecal.write.participant_list import as_page, as_text
from tests.cli.running import SMALL, good, run
from tests.golden.cases import cases, events_of, participant_of, regimen_of
from tests.languages.catalogues import codes, read
from tests.languages.messages import MESSAGES
from tests.readers.lines import unfolded
from tests.refusals.cases import GOOD
from tests.test_house import HEAVY_FOR_ICS, loaded_by
from tests.write.schedules import DAY_1, ZONE, at, dose, event, schedule
from tests.write.test_ics_bytes import EPOCH, WORDS, pieces_of, place_in_order, plain, safe, visits

ALL = ("en", *codes())
every_language = pytest.mark.parametrize("code", ALL)


@cache
def words_of(code: str) -> dict[str, str]:
    """The one form of every sentence that has one, as Babel reads the translator's file."""
    plain_messages = [message.sentence for message in MESSAGES if message.many is None]
    if code == "en":
        return {sentence: sentence for sentence in plain_messages}
    catalog = read(code)
    return {sentence: str(catalog[sentence].string) for sentence in plain_messages}


def directly(words: dict[str, str], language: str, vtimezone: bytes, events: list[tuple[Event, str]]) -> bytes:
    """The participant's calendar of visits, built with icalendar's usual calls from a catalogue's words."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//dosecal//dosecal {__version__}//{language}")
    calendar.add("version", "2.0")
    for name in ("name", "x-wr-calname"):
        calendar.add(name, icalendar.vText(plain(words["Visits and treatment"])))
    if vtimezone:
        calendar.add("x-dosecal-zone-data", icalendar.vText(ZONE.data_version))
        calendar.add_component(icalendar.Timezone.from_ical(vtimezone))
    for told, uid in events:
        summary = told.title or words["Clinic visit"]
        if told.course_days > 1:
            summary = words["{what}, day {day} of {days}"].format(what=summary, day=told.course_day, days=told.course_days)
        if told.state == "cancelled":
            summary = words["Cancelled: {what}"].format(what=summary)
        vevent = icalendar.Event()
        for name, value in (("uid", uid), ("dtstamp", told.revised or EPOCH), ("last-modified", told.revised or EPOCH)):
            vevent.add(name, value)
        vevent.add("summary", plain(summary))
        vevent.add("dtstart", told.clock.local if told.clock else told.date)
        if told.clock is None:
            vevent.add("dtend", told.date + timedelta(1))
        elif told.lasts:
            vevent.add("dtend", (told.clock.local.astimezone(UTC) + told.lasts).astimezone(ZONE.rules))
        vevent.add("categories", [plain(words["Visit"])])
        vevent.add("status", "CANCELLED" if told.state == "cancelled" else "CONFIRMED")
        vevent.add("sequence", told.revision)
        vevent.add("transp", "TRANSPARENT" if told.state == "cancelled" else "OPAQUE")
        calendar.add_component(vevent)
    octets = calendar.to_ical()
    assert isinstance(octets, bytes)
    return octets


def agrees(events: list[Event], language: Language, words: dict[str, str], suffix: str) -> None:
    numbered = sorted((replace(told, key=str(n)) for n, told in enumerate(events)), key=place_in_order)
    assume(all(safe(told.title or "") for told in numbered))
    absent = tuple(told for told in numbered if told.state == "cancelled")
    listed = [told for told in numbered if told not in absent]
    octets = write_ics(schedule(*listed, zone=ZONE, absent=absent), language=language)
    vtimezone, uids = pieces_of(octets)
    assert octets == directly(words, suffix, vtimezone, list(zip(sorted([*listed, *absent], key=place_in_order), uids, strict=True)))


@settings(derandomize=True, deadline=None, max_examples=120)
@given(st.lists(visits(), max_size=4), st.sampled_from(ALL))
def test_the_bytes_are_those_of_icalendar_in_every_language(events: list[Event], code: str) -> None:
    agrees(events, language_named(code), words_of(code), code[:2].upper())


STRANGE = st.sampled_from([
    "٢٠٢٦ يوم", "\u200f{what}\u200f", "१२", "2 of 3", "🗓️" * 20, "\u2068", "a\\Nb".replace("N", "n"), "; , :", "9" * 80, "\u00a0:",
])  # fmt: skip


@st.composite
def made_up(draw: st.DrawFn) -> dict[str, str]:
    """What a careless or strange catalogue could say: any letters, digits of any script, gaps in any order and number."""

    def said(gaps: tuple[str, ...] = ()) -> str:
        texts = [(draw(WORDS | STRANGE) or "x").replace("{what}", "").replace("{", "{{").replace("}", "}}") for _ in range(len(gaps) + 1)]
        order = draw(st.permutations(gaps))
        return texts[0] + "".join(f"{{{gap}}}{text}" for gap, text in zip(order, texts[1:], strict=True))

    return {
        "Visits and treatment": said().replace("{{", "{").replace("}}", "}"),
        "Clinic visit": said().replace("{{", "{").replace("}}", "}"),
        "Visit": said().replace("{{", "{").replace("}}", "}"),
        "Reminder: please look at your calendar": "x",
        "{what}, day {day} of {days}": said(("what", "day", "days")),
        "Cancelled: {what}": said(("what",)),
    }


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.lists(visits(), max_size=3), made_up())
def test_whatever_a_catalogue_says_the_bytes_are_those_of_icalendar(events: list[Event], words: dict[str, str]) -> None:
    assume(all(map(safe, words.values())))

    def say(sentence: str, many: str | None = None, number: int = 1, /) -> str:
        del many, number
        return words[sentence]

    agrees(events, Language("ar-EG", say), words, "AR")


@every_language
def test_the_product_id_ends_in_the_language(code: str) -> None:
    octets = write_ics(schedule(event("visit", DAY_1, "visits")), language=language_named(code))
    assert f"PRODID:-//dosecal//dosecal {__version__}//{code[:2].upper()}" in unfolded(octets)


def test_who_is_no_participant_reads_english() -> None:
    with pytest.raises(ValueError, match="site"):
        write_ics(schedule(), audience="site", language=language_named("de"))
    assert write_ics(schedule(), language=ENGLISH) == write_ics(schedule())


# -- the canary: a participant's file says what the catalogue says, and nothing of the regimen

SUMMARY, COURSE, GONE = "SUMMARY:", "{what}, day {day} of {days}", "Cancelled: {what}"


def without_escapes(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value)


def pattern_of(sentence: str, what: str) -> str:
    escaped = re.escape(sentence).replace(r"\{", "{").replace(r"\}", "}")
    return escaped.format(what=what, day=r"\d+", days=r"\d+")


@cache
def for_participant(name: str) -> tuple[Schedule, tuple[str, ...], tuple[str, ...]]:
    """A published regimen's schedule as its participant may see it, with a cancelled event; the regimen's own titles; its names."""
    case = next(one for one in cases() if one.name == name)
    regimen, participant = regimen_of(case), participant_of(case)
    events = events_of(name)
    revised = datetime(2026, 1, 1, tzinfo=UTC)
    gone = replace(events[0], key="gone", state="held", revision=1, revised=revised, reasons=(f"held: {events[0].item}",))
    whole = schedule(
        *events, study=regimen.study, participant=participant.id, arm=participant.arm, zone=participant.zone,
        day_1=participant.day_1, absent=(gone,),
    )  # fmt: skip
    arm = next((one for one in regimen.arms if one.name == participant.arm), None)
    items = [one.item for one in items_of(regimen, arm)]
    given_items = {one.item for one in events if one.section in ("doses", "medicines")}
    names = {regimen.study, participant.id or "", participant.site or "", *given_items, *(one.name for one in regimen.arms)}
    titles = tuple(item.title for item in items if item.title is not None)
    # An item may be called what everybody calls it: `injection`.
    plain_words = {message.sentence.casefold() for message in MESSAGES}
    telling = sorted({one.casefold() for one in names if len(one) > 2} - plain_words)
    assert telling
    return seen(whole, "participant", None), titles, tuple(telling)


@every_language
@pytest.mark.parametrize("name", [case.name for case in cases()])
def test_rule_20_a_calendar_says_nothing_but_the_catalogues_words_and_the_regimens_own_titles(name: str, code: str) -> None:
    whole, titles, names = for_participant(name)
    words, language = words_of(code), language_named(code)
    octets = write_ics(whole, language=language, options=CalendarOptions(alarm=timedelta(hours=1), tasks=True))
    lines = [without_escapes(line) for line in unfolded(octets)]
    generic = {words[message.sentence] for message in MESSAGES if message.kind == "title"}
    what = "|".join(re.escape(title) for title in sorted({*generic, *titles}))
    in_course = f"(?:(?:{what})|{pattern_of(words[COURSE], f'(?:{what})')})"
    summary = re.compile(f"{in_course}|{pattern_of(words[GONE], in_course)}")
    told = [line.removeprefix(SUMMARY) for line in lines if line.startswith(SUMMARY)]
    assert len(told) > len(whole.events)
    assert [one for one in told if not summary.fullmatch(one)] == []
    categories = {words[sentence] for sentence in ("Treatment", "Test", "Visit", "Call")}
    assert {line.removeprefix("CATEGORIES:") for line in lines if line.startswith("CATEGORIES:")} <= categories
    free = {line for line in lines if line.startswith(("DESCRIPTION", "COMMENT", "LOCATION", "NAME", "X-WR-CALNAME"))}
    reminder, calendar = words["Reminder: please look at your calendar"], words["Visits and treatment"]
    assert free == {f"DESCRIPTION:{reminder}", f"NAME:{calendar}", f"X-WR-CALNAME:{calendar}"}
    said = "\n".join(lines).casefold()
    own = "\n".join(titles).casefold()
    assert [one for one in names if one in said and one not in own] == []


@every_language
def test_rule_20_renaming_everything_in_the_regimen_changes_no_word(code: str) -> None:
    language = language_named(code)

    def texts(item: str) -> list[str]:
        told = [
            event(item, DAY_1, section, key=f"{section}{route}", dose=dose("777", "mg", route) if route else None, phase=item, product=item,
                  reasons=(item,), flags=(item,), course_days=3)
            for section in SECTIONS for route in (None, *ROUTES)
        ]  # fmt: skip
        octets = write_ics(schedule(*told, study="S", participant="1", arm=item), language=language)
        return unfolded(octets)

    assert texts("Xyzumab") == texts("Another thing")


# -- the list of dates

DATED = schedule(
    event("x", DAY_1, dose=dose("12", "mg", "IV"), course_days=5, lasts=timedelta(hours=4)),
    event("y", DAY_1, "labs", clock=at(DAY_1, datetime(2026, 1, 5, 9, 30).time())),  # noqa: DTZ001
    zone=ZONE,
)


def test_a_list_of_dates_is_in_one_language() -> None:
    assert as_text(DATED, language_named("pl")).splitlines() == [
        "Wizyty i leczenie",
        "",
        "poniedziałek, 5 stycznia 2026         Wlew dożylny, dzień 1 z 5  4 godziny",
        "                               09:30  Badanie krwi",
        "",
        f"dosecal {__version__}, tzdata {ZONE.data_version}",
    ]
    assert as_text(schedule(), language_named("de")) == f"Termine und Behandlung\n\ndosecal {__version__}\n"


def test_a_page_of_dates_says_its_language_and_escapes_every_text() -> None:
    told = event("x", DAY_1, "visits", title="<script>alert(1)</script>\u202e")
    page = as_page(schedule(told), language_named("pt-BR"))
    assert '<html lang="pt-BR">' in page
    assert "<script" not in page
    assert "\u202e" not in page
    assert "segunda-feira, 5 de janeiro de 2026" in page
    assert "<h1>Consultas e tratamento</h1>" in page


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ((date(2026, 1, 1), date(2026, 1, 9)), "möglich: 1. Jan. 2026 – 9. Jan. 2026"),
        ((date(2026, 1, 1), None), "möglich ab 1. Jan. 2026"),
        ((None, date(2026, 1, 9)), "möglich bis 9. Jan. 2026"),
        ((None, None), ""),
        ((datetime(2026, 1, 5, 14), datetime(2026, 1, 6, 9, 30)), "möglich: 14:00 – 6. Jan. 2026 09:30"),  # noqa: DTZ001
    ],
)
def test_a_window_is_told_with_its_ends(window: Any, expected: str) -> None:
    text = as_text(schedule(event("x", DAY_1, "labs", window=Window(*window))), language_named("de"))
    assert text.splitlines()[2] == f"Montag, 5. Januar 2026  Blutuntersuchung{'  ' if expected else ''}{expected}"


def test_a_clock_time_that_comes_twice_says_which() -> None:
    day = date(2026, 11, 1)
    twice = event("x", day, "labs", clock=at(day, datetime(2026, 11, 1, 1, 30).time(), -7, ambiguous=True))  # noqa: DTZ001
    assert "01:30 (UTC-07:00)" in as_text(schedule(twice, zone=ZONE), language_named("fr"))


def test_what_stands_in_tables_of_data_is_said_in_the_language() -> None:
    told = event("Xyzumab", DAY_1, dose=dose("12", "mg", "IV"))
    shown = discreet(schedule(told), "participant", language_named("cs").say)
    assert [one.item for one in shown.events] == ["Infuze"]
    assert [one.item for one in discreet(schedule(told), "participant", english).events] == ["Infusion"]


# -- at the command line

PERSON = "participant: '1042'\nregimen: small.yaml\nday-1: 2026-01-05\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "german.yaml").write_text(f"{PERSON}language: de\n", encoding="utf-8")
    (tmp_path / "silent.yaml").write_text(PERSON, encoding="utf-8")
    return tmp_path


def named(octets: bytes) -> str:
    return next(line for line in unfolded(octets) if line.startswith("NAME:")).removeprefix("NAME:")


def test_the_participants_file_says_the_language_and_the_option_another(folder: Path) -> None:
    for words, expected in (
        (["--participant", "german.yaml"], "Termine und Behandlung"),
        (["--participant", "german.yaml", "--language", "sv"], "Besök och behandling"),
        (["--participant", "german.yaml", "--language", "en"], "Visits and treatment"),
        (["--participant", "silent.yaml"], "Visits and treatment"),
        (["--start", "2026-01-05", "--id", "1", "--language", "pt-BR"], "Consultas e tratamento"),
        (["--participant", "german.yaml", "--audience", "site"], "Example: participant 1042"),
    ):
        assert named(good("ics", "small.yaml", *words, folder=folder)) == expected


def test_a_printed_schedule_is_in_the_participants_language(folder: Path) -> None:
    words = ["schedule", "small.yaml", "--participant", "german.yaml"]
    text = good(*words, "--audience", "participant", folder=folder).decode()
    assert text.startswith("Termine und Behandlung\n\nMontag, 5. Januar 2026 ")
    assert '<html lang="de">' in good(*words, "--audience", "participant", "--format", "html", folder=folder).decode()
    assert "Blutuntersuchung" in good(*words, "--audience", "participant", "--format", "csv", folder=folder).decode()
    assert good(*words, folder=folder) == good("schedule", "small.yaml", "--participant", "silent.yaml", folder=folder)


def test_the_roster_says_the_language_of_each_participant(folder: Path) -> None:
    for name in ("escalation.yaml", "roster.yaml"):
        text = (GOOD / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace("S102: {", "S102: {language: nl, "), encoding="utf-8")
    ran = run("ics", "escalation.yaml", "--roster", "roster.yaml", "--id", "S102", folder=folder)
    assert ran.code == 0, ran.err
    assert named(ran.out) == "Afspraken en behandeling"


def test_a_calendar_in_another_language_still_loads_no_locale_data() -> None:
    words = ["ics", "care-ms-ii", "--arm", "alemtuzumab-12", "--start", "2026-01-05", "--id", "1", "--language", "de"]
    assert loaded_by(*words) & (HEAVY_FOR_ICS | {"babel"}) == set()
