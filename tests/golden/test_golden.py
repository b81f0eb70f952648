"""Every published regimen has golden schedules, and they and the gallery are what the program gives today.

When they have changed on purpose, `python -m tests.golden.rewrite` writes them anew: review the diff beside the source of the regimen.
What is known of their dates without dosecal stands in test_facts_*.py.
"""

import re
from pathlib import Path

import pytest

from dosecal.outline import arms_or_none
from dosecal.read.files import published_names
from dosecal.read.regimen import read_regimen_file
from tests.golden.cases import PARTICIPANTS, REGIMENS, SCHEDULES, SITES, Case, cases, events_of, participant_of, regimen_of, shown
from tests.golden.gallery import PAGE, page

CASES = cases()
PUBLISHED = sorted(REGIMENS.glob("*.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_schedule_is_what_it_was_when_it_was_last_reviewed(case: Case) -> None:
    assert shown(case) == case.golden.read_text(encoding="utf-8")


def test_every_arm_of_every_published_regimen_has_a_golden_schedule() -> None:
    regimens = {path.stem: read_regimen_file(path).regimen for path in PUBLISHED}
    wanted = {(name, arm and arm.name) for name, regimen in regimens.items() for arm in arms_or_none(regimen)}
    assert {(case.regimen, participant_of(case).arm) for case in CASES} == wanted
    assert {path.stem for path in PUBLISHED} == set(published_names())
    assert len(PUBLISHED) > 15


def test_every_golden_file_belongs_to_a_case() -> None:
    assert {path.stem for path in SCHEDULES.iterdir()} == {path.stem for path in PARTICIPANTS.iterdir()}
    assert {path.stem for path in SITES.iterdir()} == {site for case in CASES if (site := participant_of(case).site)}


def test_no_two_golden_participants_share_an_id() -> None:
    ids = [participant_of(case).id for case in CASES]
    assert len(set(ids)) == len(ids)


def test_golden_participants_start_on_the_days_that_are_easy_to_get_wrong() -> None:
    starts = {(participant_of(case).day_1.month, participant_of(case).day_1.day) for case in CASES}
    assert {(2, 29), (1, 31), (8, 31), (11, 30), (12, 31)} <= starts


def test_the_gallery_is_what_the_regimens_show() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


# -- what a published regimen says of itself


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_two_events_of_a_golden_schedule_share_a_key(case: Case) -> None:
    keys = [event.key for event in events_of(case.name)]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_a_published_regimen_opens_with_what_it_is_and_what_its_source_leaves_out(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    comment = text.partition("format: dosecal/1")[0].splitlines()
    assert len(comment) > 1
    assert all(line.startswith("# ") for line in comment)
    assert comment[0].endswith(".")
    assert all(len(line) <= 140 for line in text.splitlines())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_published_regimen_names_its_public_source(case: Case) -> None:
    source = regimen_of(case).source
    assert re.search(r"NCT\d{8}|ISRCTN\d+|prescribing information|guideline|pilot project", source), source
