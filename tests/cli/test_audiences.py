"""--audience: blinded files of two arms are the same bytes, and nothing in a participant's file tells what it is for."""

import json
import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from dosecal.audience import seen
from dosecal.diagnostic import Diagnostic
from dosecal.dose import Amount, Dose, dose_in_words
from dosecal.expand import expand
from dosecal.participant import ALWAYS_OPEN
from dosecal.read.participant import read_site_file
from dosecal.schedule import Event, Schedule
from dosecal.write.discreet import discreet
from dosecal.write.formats import FORMATS
from dosecal.write.ics import write_ics
from tests.cli.running import good, run
from tests.golden.cases import Case, cases, participant_of, regimen_of

WHO = ("--start", "2026-01-31", "--timezone", "America/Toronto", "--id", "1042")
WRITERS = [("ics",), *(("schedule", "--format", form) for form in ("table", "csv", "json", "html"))]
LOOKING_ALIKE = [
    ("care-ms-ii", ["alemtuzumab-12", "alemtuzumab-24"]),
    ("cdisc-pilot", ["placebo", "low", "high"]),
]
in_every_format = pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer[-1])
for_everybody = pytest.mark.parametrize("audience", ["participant", "site", "rater"])


@for_everybody
@in_every_format
@pytest.mark.parametrize(("regimen", "arms"), LOOKING_ALIKE, ids=lambda value: value if isinstance(value, str) else "")
def test_promise_16_blinded_files_of_arms_with_equal_dates_are_the_same_bytes(
    regimen: str, arms: list[str], writer: tuple[str, ...], audience: str, tmp_path: Path
) -> None:
    command, *form = writer
    files = {good(command, regimen, "--arm", arm, *WHO, "--audience", audience, *form, folder=tmp_path) for arm in arms}
    assert len(files) == 1
    assert len(files.pop()) > 200


@in_every_format
def test_who_may_know_everything_sees_the_arms_apart(writer: tuple[str, ...], tmp_path: Path) -> None:
    command, *form = writer
    one, other = (
        good(command, "care-ms-ii", "--arm", f"alemtuzumab-{mg}", *WHO, "--audience", "unblinded", *form, folder=tmp_path)
        for mg in (12, 24)
    )
    assert b"12 mg" in one or b"12,mg" in one or b'"amount": 12' in one
    assert one != other


# -- the arm left out


@for_everybody
@in_every_format
def test_an_arm_that_is_hidden_may_be_left_out_where_nothing_tells_it(writer: tuple[str, ...], audience: str, tmp_path: Path) -> None:
    command, *form = writer
    asked = (*WHO, "--audience", audience, *form)
    assert good(command, "cdisc-pilot", *asked, folder=tmp_path) == good(command, "cdisc-pilot", "--arm", "high", *asked, folder=tmp_path)


def test_an_arm_left_out_is_refused_with_what_tells_it(tmp_path: Path) -> None:
    ran = run("ics", "care-ms-ii", *WHO, folder=tmp_path)
    assert (ran.code, ran.out) == (2, b"")
    assert "8 infusions of alemtuzumab from Day 1 on against 312 injections of interferon beta-1a from Day 3 on" in ran.err
    assert "alemtuzumab-12 or alemtuzumab-24, or interferon-beta-1a" in ran.err


def test_who_sees_the_arm_must_name_it(tmp_path: Path) -> None:
    ran = run("schedule", "cdisc-pilot", *WHO, "--audience", "unblinded", folder=tmp_path)
    assert (ran.code, ran.out) == (2, b"")
    assert "the regimen has several arms, and none is named" in ran.err


def test_a_rater_needs_no_arm_though_no_blinding_is_declared(tmp_path: Path) -> None:
    (tmp_path / "open.yaml").write_text(
        "format: dosecal/1\nstudy: OPEN\nsource: made up\narms:\n"
        "  a: {doses: {x: {give: 1 mg PO, when: day 1}}}\n  b: {doses: {y: {give: 2 mg PO, when: day 2}}}\nlabs: {CBC: {when: day 8}}\n"
    )
    shown = json.loads(good("schedule", "open.yaml", *WHO, "--audience", "rater", "--format", "json", folder=tmp_path))
    assert [(one["item"], one["key"]) for one in shown["events"]] == [("CBC", "")]


RECORDED = """participant: "1042"
regimen: regimen.yaml
day-1: 2026-01-05
{arm}record:
  - {{on: 2026-01-12, not-given: study drug, why: 10 mg was too much, by: JD}}
  - {{on: 2026-01-14, moved: visit, due: 2026-01-20, to: 2026-01-21, by: JD}}
  - {{on: 2026-01-19, given: study drug, amount: {amount}, by: JD}}
"""
BLIND = """format: dosecal/1
study: BLIND
source: made up
blinding: {participant: dose, site: dose}
arms:
  low: {doses: {study drug: {give: 10 mg IV, when: days 1 8 15}}}
  high: {doses: {study drug: {give: 20 mg IV, when: days 1 8 15}}}
visits: {visit: {when: day 16}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "regimen.yaml").write_text(BLIND)
    return tmp_path


@pytest.mark.parametrize("audience", ["participant", "site"])
@in_every_format
def test_the_record_is_followed_without_telling_the_arm(writer: tuple[str, ...], audience: str, folder: Path) -> None:
    """10 mg is what the plan of one arm says, and another amount in the other: no flag, SEQUENCE or stamp may differ."""
    command, *form = writer
    files = []
    for name, arm in (("low", "arm: low\n"), ("high", "arm: high\n"), ("unsaid", "")):
        (folder / f"{name}.yaml").write_text(RECORDED.format(arm=arm, amount="10 mg"))
        files.append(good(command, "regimen.yaml", "--participant", f"{name}.yaml", "--audience", audience, *form, folder=folder))
    assert len(set(files)) == 1
    assert b"10 mg" not in files[0]


def test_a_blinded_calendar_is_revised_by_what_its_reader_may_see_alone(folder: Path) -> None:
    (folder / "one.yaml").write_text(RECORDED.format(arm="arm: high\n", amount="10 mg"))
    calendar = good("ics", "regimen.yaml", "--participant", "one.yaml", "--audience", "site", folder=folder).decode()
    assert re.findall(r"SUMMARY:(.*?)\r\n|SEQUENCE:(\d)", calendar) == [
        *[("study drug: intravenous", ""), ("", "0")],
        *[("Cancelled: study drug: intravenous", ""), ("", "1")],
        *[("study drug: intravenous", ""), ("", "0")],
        *[("visit", ""), ("", "1")],
    ]


def test_a_version_of_the_protocol_that_blinds_less_unblinds_nobody(folder: Path) -> None:
    (folder / "open.yaml").write_text(BLIND.replace("blinding: {participant: dose, site: dose}\n", ""))
    (folder / "one.yaml").write_text(
        'participant: "1042"\nregimen: open.yaml\nday-1: 2026-01-05\narm: high\n'
        "record:\n  - {on: 2026-01-06, amended: regimen.yaml, why: version 2, by: JD}\n"
    )
    assert b" mg" not in good("schedule", "open.yaml", "--participant", "one.yaml", folder=folder)


# -- the canary: nothing in a participant's file tells what it is for


def laid(case: Case) -> Schedule:
    site = read_site_file(case.site_file).site if case.site_file is not None else ALWAYS_OPEN
    return expand(regimen_of(case), participant_of(case), site)


def marked(event: Event) -> Event:
    """The event with a canary in every text but its title and zone, and one for an amount."""
    dose = (
        event.dose and Dose(Amount(event.dose.amount.value * 0 + 98765, "mg"), event.dose.route)
        if event.dose and event.dose.amount
        else event.dose
    )
    words = {"item": "Canary item", "product": "Canary product", "reasons": ("Canary reason",), "key": f"Canary/{event.key}"}
    return replace(event, dose=dose, phase="Canary phase", **words)


def files_for_a_participant(schedule: Schedule) -> dict[str, str]:
    shown = seen(schedule, "participant", None)
    files = {form: facts.writer()(discreet(shown, "participant"), fold=facts.can_fold) for form, facts in FORMATS.items()}
    return {**files, "ics": write_ics(shown, audience="participant").decode().replace("\r\n ", "")}


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_rule_20_no_canary_reaches_a_participant(case: Case) -> None:
    schedule = laid(case)
    notes = tuple(Diagnostic(note.name, f"Canary note {note.message}") for note in schedule.notes)
    told = replace(
        schedule, events=tuple(map(marked, schedule.events)), study="Canary study", participant="Canary id", arm="Canary arm", notes=notes
    )
    for form, text in files_for_a_participant(told).items():
        assert "Canary" not in text, form
        assert not re.search(r"98765|98,765|placebo", text), form


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_rule_20_no_name_of_the_regimen_reaches_a_participant(case: Case) -> None:
    """The words that the regimen itself has, its titles included; a name that is no more than a general word tells nothing."""
    regimen, participant, schedule = regimen_of(case), participant_of(case), laid(case)
    drugs = {event.item for event in schedule.events if event.section in ("doses", "medicines")} - {"injection", "inhalation", "patch"}
    names = {regimen.study, *drugs, *(arm.name for arm in regimen.arms), *(arm.title or arm.name for arm in regimen.arms)}
    names |= {dose_in_words(event.dose).rpartition(" ")[0] for event in schedule.events if event.dose and event.dose.amount}
    names |= {event.product for event in schedule.events if event.product}
    names |= {name for name in (participant.id, participant.site) if name}
    for form, text in files_for_a_participant(schedule).items():
        assert [event.key for event in schedule.events if event.key in text] == [], form
        body = text if form != "html" else re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
        assert [name for name in sorted(names) if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", body, re.IGNORECASE)] == [], form
