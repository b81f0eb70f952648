"""What the refusal of a record's entry says to do, done: then the entry is accepted. Each mend is typed as the case's `help` says it."""

import re
from pathlib import Path

import pytest

from tests.refusals.cases import FILES, Case, cases, outcome

CASES = {case.name: case for case in cases()}
_TRIAL = "measures: {gfr: 90 mL/min}\nrecord:"
"""What trial.yaml needs of every participant, where the case is refused before that is asked."""

MENDS = (
    ("arm--an-amendment", "amended: trial-2", "amended: arms"),
    ("course", "due: 2026-01-06", "due: 2026-01-05"),
    ("course", "moved: infusion, due: 2026-01-06, to: 2026-01-08, why: holiday", "given: infusion"),
    ("cycles--delayed", "delayed: follow-up cycle 2, to: 2026-02-02", "held: follow-up"),
    ("cycles--too-many", "delayed: treatment cycle 5", "delayed: treatment cycle 4"),
    ("days--in-a-record", "new-days: study drug, to: Tue Fri", "moved: study drug, due: 2026-02-01, to: 2026-02-02, why: travel"),
    ("ended", "on: 2026-01-12, moved: blood test, due: 2026-01-19, to: 2026-01-20", "on: 2026-01-12, unscheduled: lab"),
    ("past", "to: 2026-01-13", "to: 2026-01-20"),
    ("past--remembered", "remembered: injection", "given: injection"),
    ("thousandfold--adjusted", "0.022 mcg", "22 mcg"),
    ("unit--an-amount", "44 mg", "44 mcg"),
    ("delay", "to: 2026-01-23", "to: 2026-01-29"),
    ("level", "to: 9 mg", "to: 6 mg"),
    ("new-days", "on: 2026-01-16", "on: 2026-01-19"),
    ("new-days", "to: Mon Thu", "to: Thu Sat"),
    ("new-days--before-the-change", "on: 2026-01-14", "on: 2026-01-19"),
    ("no-end--adjusted", "to: 15 mg,", "to: 15 mg, through: 2026-01-12,"),
    ("no-measure--an-amendment", "record:", _TRIAL),
    ("no-such-occurrence", "done: blood test", "done: blood test, due: 2026-01-12"),
    ("no-such-occurrence", "done: blood test", "unscheduled: lab, why: asked for by the ward"),
    ("no-such-occurrence--due", "due: 2026-01-11", "due: 2026-01-12"),
    ("no-such-occurrence--missed", "not-done: blood test", "not-done: blood test, due: 2026-01-12"),
    ("no-such-occurrence--no-dates", "record:", "record:\n  - {on: 2026-01-06, event: progression, by: JD}"),
    ("no-such-occurrence--no-dates", "done: progression visit", "unscheduled: visit, why: fever"),
    ("no-such-occurrence--through", "through: 2026-01-09", "through: 2026-01-12"),
    ("not-held", "record:", "record:\n  - {on: 2026-01-10, held: study drug, why: fever, by: JD}"),
    ("slot", "given: study drug", "given: study drug, slot: morning"),
    ("slot", "given: study drug", "given: study drug, slot: evening"),
    ("slot--another", "slot: dinner", "slot: evening"),
    ("slot--of-one", ", slot: morning", ""),
    ("twice--given", "not-given: study drug", "corrects: 1, not-given: study drug"),
    ("twice--not-given", "why: nausea", "why: nausea, corrects: 1"),
    ("two-on-one-day--given", "record:", "record:\n  - {on: 2026-01-07, not-given: study drug, why: the day before made up, by: JD}"),
    ("two-on-one-day--given", "record:", "record:\n  - {on: 2026-01-07, given: study drug, by: JD}"),
    ("two-on-one-day--moved", "record:", "record:\n  - {on: 2026-01-05, not-given: study drug, due: 2026-01-07, why: travel, by: JD}"),
    (
        "two-on-one-day--moved",
        "record:",
        "record:\n  - {on: 2026-01-05, moved: study drug, due: 2026-01-07, to: 2026-02-02, why: x, by: JD}",
    ),
    ("unit--adjusted", "to: 22 mg", "to: 22 mcg"),
    ("unit--adjusted-auc", "to: 400 mg", "to: AUC 4"),
    ("unit--adjusted-placebo", "adjusted: dummy, to: 5 mg", "held: dummy, through: 2026-01-05"),
    ("unit--adjusted-placebo", "adjusted: dummy, to: 5 mg", "stopped: dummy"),
    ("unit--given", "amount: 4 mL", "amount: 4 mg"),
    ("unknown-name--a-delayed-phase", "maintenance", "treatment"),
    ("unknown-name--a-held-phase", "held: maintenance", "held: treatment, through: 2026-01-11"),
    ("unknown-name--a-named-time", "dinner: 19:30", "evening: 19:30"),
    ("unknown-name--an-amendment", "amended: trial-3", "amended: trial-2"),
    ("unknown-name--an-amendment", "by: JD}\n", "by: JD}\n  - {on: 2026-01-12, amended: trial-2, corrects: 1, why: wrong name, by: JD}\n"),
    ("unknown-name--an-event", "event: progress", "event: progression"),
    ("unknown-name--an-item-in-a-record", "infusoin", "infusion"),
    ("unknown-name--no-event-at-all", "event: progression", "stopped: study drug, why: progression"),
    ("unknown-name--no-item-like-it", "given: tablet", "given: study drug"),
    ("unknown-name--no-named-time-at-all", "record:\n  - {on: 2026-01-06, new-times: {breakfast: 07:30}, by: JD}\n", ""),
    ("unknown-name--no-phase-with-cycles", "delayed: treatment cycle 2, to: 2026-02-02", "held: study drug, through: 2026-02-01"),
    ("verb", "given: blood test", "done: blood test"),
    ("verb--a-dose", "not-done: study drug", "not-given: study drug"),
    ("verb--adjusted", "adjusted: blood test", "adjusted: study drug"),
    ("verb--remembered", "remembered: blood test", "done: blood test"),
    ("weekdays--in-a-record", "to: Mon Wed Fri", "to: Mon Wed"),
)


@pytest.mark.parametrize(("name", "wrong", "mended"), MENDS, ids=[f"{name}: {mended[:40]}" for name, _, mended in MENDS])
def test_an_entry_is_accepted_when_it_is_mended_as_the_refusal_says(name: str, wrong: str, mended: str, tmp_path: Path) -> None:
    text = (FILES / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.count(wrong) == 1
    text = text.replace(wrong, mended)
    if "regimen: trial.yaml" in text and "measures:" not in text:
        text = text.replace("record:", _TRIAL)
    result = outcome(CASES[name], tmp_path, mended=text)
    assert ("error[" in result.err, result.code) == (False, 0), result.err


def test_a_site_of_the_record_is_accepted_with_its_file(tmp_path: Path) -> None:
    case = CASES["no-site--in-a-record"]
    (tmp_path / "dundee.yaml").write_text("site: Dundee\nweekend: Sat Sun\n", encoding="utf-8")
    result = outcome(case._replace(typed=f"{case.typed} --site dundee.yaml"), tmp_path)
    assert ("error[" in result.err, result.code) == (False, 0), result.err


@pytest.mark.parametrize(
    ("name", "added"), [("no-such-occurrence--a-new-entry", "--due 2026-01-14"), ("slot--a-new-entry", "--slot morning")]
)
def test_a_new_entry_is_accepted_with_the_option_that_the_refusal_names(name: str, added: str, tmp_path: Path) -> None:
    case = CASES[name]
    assert added in case.expected.read_text(encoding="utf-8")
    result = outcome(case._replace(typed=f"{case.typed} {added}"), tmp_path)
    assert ("error[" in result.err, result.code) == (False, 0), result.err


def test_every_refusal_of_an_entry_by_the_schedule_has_a_mend_here() -> None:
    asked = {name for name, case in CASES.items() if _is_about_an_entry(case)}
    assert len(asked) > 30
    assert asked - {name for name, _, _ in MENDS} == {"no-site--in-a-record"}


def _is_about_an_entry(case: Case) -> bool:
    """Whether it shows an error of `dosecal schedule` in the record of the case's own file."""
    file = FILES / f"{case.name}.yaml"
    lines = file.read_bytes().splitlines() if case.typed.startswith("schedule ") and file.exists() else []
    found = re.findall(rf"^{re.escape(case.name)}\.yaml:([0-9]+):[0-9]+: error", case.expected.read_text(encoding="utf-8"), re.MULTILINE)
    return b"record:" in lines and any(int(line) > lines.index(b"record:") + 1 for line in found)
