"""A regimen read back: every number, date and total against one counted here without dosecal, and the conventions that are in force."""

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal.outline import arms_or_none, reference_plan
from dosecal.read.regimen import read_regimen_file
from dosecal.regimen import Regimen
from dosecal.write.explain import WIDTH, ArmPlan, explain
from tests.expand.laying import regimen

PUBLISHED = sorted((Path(__file__).parents[2] / "regimens").glob("*.yaml"))
DAY_1 = date(2026, 1, 5)
"""A Monday: the Day 1 that counts are given for."""


def read_back(body: str | Regimen, months: str | None = "calendar") -> str:
    """The explanation with its lines joined, so that a sentence can be looked for wherever it was wrapped."""
    return re.sub(r"\s+", " ", whole(body, months))


def whole(body: str | Regimen, months: str | None = "calendar") -> str:
    laid = regimen(body, months) if isinstance(body, str) else body
    return explain(laid, [ArmPlan(arm, *reference_plan(laid, arm)) for arm in arms_or_none(laid)])


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


# -- what, how much, when


def test_a_dose_is_read_back_with_its_total_and_first_days() -> None:
    assert whole("doses: {alemtuzumab: {give: 12 mg IV, when: [month 0 for 5 days, month 12 for 3 days]}}").startswith(
        """a study
Source: a test

Counts and dates below are those of a participant whose Day 1 is Monday 5 January 2026, at a site
that is always open.

  alemtuzumab (dose)
    12 mg intravenous, on 5 consecutive days beginning at Month 0 (Day 1) and on 3 consecutive days
      beginning at Month 12.
    8 infusions, 96 mg in all. First three dates: Day 1, Day 2 and Day 3.

In all: 8 doses.
"""
    )


def test_a_titration_is_read_back_step_by_step_and_added_up_exactly() -> None:
    text = read_back(
        "doses: {interferon: {give: {days 1-14: 8.8 mcg SC, days 15-28: 22 mcg SC, from day 29: 44 mcg SC}, "
        "when: 3 times weekly for 24 months, days: Mon Wed Fri}}"
    )
    given = [day for day in days(DAY_1, date(2028, 1, 4)) if day.isoweekday() in (1, 3, 5)]
    amounts = [Decimal("8.8") if (day - DAY_1).days < 14 else 22 if (day - DAY_1).days < 28 else 44 for day in given]
    assert "8.8 micrograms subcutaneous on Days 1 to 14, then 22 micrograms subcutaneous on Days 15 to 28, then 44 micrograms" in text
    assert f"{len(given)} injections, {sum(amounts):,} micrograms in all. First three dates: Day 1, Day 3 and Day 5." in text
    assert (len(given), sum(amounts)) == (313, Decimal("13428.8"))


def test_months_are_named_with_the_days_that_they_fall_on_for_the_stated_day_1() -> None:
    text = read_back("labs: {blood test: {when: every month from month 1 through month 24}}")
    numbers = [(date(2026, month, 5) - DAY_1).days + 1 for month in (2, 3, 4)]
    assert f"24 times in all. First three dates: Month 1, Month 2 and Month 3 (Days {numbers[0]}, {numbers[1]} and {numbers[2]})." in text
    assert "Day 1 is Monday 5 January 2026" in text


def test_what_depends_on_a_measure_says_which_measure_it_was_counted_for() -> None:
    text = read_back("doses: {oxaliplatin: {give: 85 mg/m2 IV, when: days 1 15}, carboplatin: {give: AUC 6 IV, when: day 1}}")
    assert "2 infusions, 306 mg in all, for body surface area (BSA) 1.8 square metres." in text  # 2 x 85 x 1.8
    assert "1 infusion, 690 mg in all, for glomerular filtration rate (GFR) 90 mL per minute." in text  # 6 x (90 + 25)
    assert "- The body surface area (BSA), for oxaliplatin." in text


def test_a_table_is_read_back_row_by_row() -> None:
    text = read_back(
        "tables: {by weight: {weight from 40 to under 70 kg: 10 none mg PO, weight from 70 kg: 20 10 mg PO}}\n"
        "doses: {tablets: {give: table by weight, when: days 1-2}}"
    )
    assert "Table `by weight`: - if weight is from 40 kg to under 70 kg: 10 mg and nothing, oral, day by day of the course." in text
    assert "2 doses, 30 mg in all, for weight 70 kg." in text


def test_an_intravenous_bolus_is_not_called_an_infusion() -> None:
    text = read_back("doses: {fluorouracil bolus: {give: 400 mg IV, when: day 1}, fluorouracil: {give: 400 mg IV, when: day 1}}")
    assert "1 dose, 400 mg in all" in text
    assert "1 infusion, 400 mg in all" in text


def test_placebo_is_counted_apart_and_adds_no_amount() -> None:
    text = read_back("doses: {study drug: {give: {days 1-2: 50 mcg inhaled, from day 3: placebo inhaled}, when: every day for 5 days}}")
    assert "5 inhalations (3 of them placebo), 100 micrograms in all." in text


def test_every_key_of_an_item_is_read_back() -> None:
    text = read_back(
        "flags: [diabetes]\nlabs: {other: {when: day 3}}\n"
        "doses: {drug: {title: Your tablet, give: 20 mg/m2 PO, when: every week for 4 weeks, at: [breakfast, 30 minutes before dinner], "
        "lasts: 30 minutes, window: ±1 day, count-from: actual, at-least: 2 hours apart, not-before: [day 1, 1 day before day 2], "
        "if-missed: take, if-closed: next open day, except: other, only-if: not diabetes, "
        "initiate-again: {from day 1: after 8 missed days}, round: 5 mg, max-dose: 60 mg, levels: [40 mg, 20 mg], product: blister}}"
    )
    for sentence in (
        "20 mg per square metre oral, every week, beginning at Week 0 (Day 1), for 4 weeks.",
        "At breakfast and 30 minutes before dinner.",
        "Handed out: blister.",
        "Lasts: 30 minutes.",
        "Allowed: from 1 day before to 1 day after the planned date.",
        "At least 2 hours after the one before.",
        "Not before the latest of: Day 1; 1 day before Day 2.",
        "Never on a date of other.",
        "Only for participants without the flag `diabetes`.",
        "If the site is closed, it moves to the next open day.",
        "A missed dose is taken on the day on which it is remembered.",
        "If one stands on another day than planned, the following ones are counted from that day.",
        "A new initiation after an interruption of at least: 8 missed days if it begins from Day 1 on.",
        "Rounded to the nearest 5 mg, halves up.",
        "Never more than 60 mg.",
        "An adjustment may choose 40 mg or 20 mg.",
        'The participant reads "Your tablet".',
        "8 doses, 280 mg in all, for body surface area (BSA) 1.8 square metres.",  # twice a day; 36 mg, to the nearest 5: 35 mg
    ):
        assert sentence in text, sentence


# -- phases, arms, cohorts

CROSSOVER = """
arms: {AB: {title: drug first}, BA: {title: placebo first}}
phases:
  run-in: {lasts: 14 days, visits: {first visit: {when: day 1}}}
  period 1: {lasts: 14 days, day-1: here, doses: {inhalation: {give: {arm AB: 50 mcg inhaled, arm BA: placebo inhaled}, when: every day}}}
  washout: {lasts: 14 days}
  period 2: {lasts: 14 days, doses: {inhalation: {give: {arm AB: placebo inhaled, arm BA: 50 mcg inhaled}, when: every day}}}
"""


def test_phases_are_read_back_in_order_with_study_days() -> None:
    text = read_back(CROSSOVER)
    arm = text.partition("ARM BA")[0]
    assert "ARM AB: drug first" in arm
    assert "PHASE run-in It ends on the day before the phase period 1 begins and lasts 14 days." in arm
    assert "Once. The date: Study Day -14." in arm
    assert "PHASE period 1 It begins on Study Day 1 and lasts 14 days." in arm
    assert "PHASE period 2 It begins on the day after the phase washout ends and lasts 14 days." in arm
    assert "14 inhalations, 700 micrograms in all. First three dates: Study Days 1, 2 and 3." in arm
    assert "14 inhalations. First three dates: Study Days 29, 30 and 31." in arm  # 14 days, then 14 of washout
    assert "inhalation altogether: 28 inhalations (14 of them placebo), 700 micrograms in all." in arm
    assert "Study Day 1 is the first day of the phase period 1." in text


def test_each_arm_hears_only_of_its_own_steps() -> None:
    text = read_back(CROSSOVER)
    ab, ba = text.partition("ARM BA")[0], text.partition("ARM BA")[2].partition("CONVENTIONS")[0]
    assert re.findall(r"(50 micrograms inhaled|Placebo inhaled),", ab) == ["50 micrograms inhaled", "Placebo inhaled"]
    assert re.findall(r"(50 micrograms inhaled|Placebo inhaled),", ba) == ["Placebo inhaled", "50 micrograms inhaled"]
    assert "in arm" not in text


def test_cycles_say_their_number_length_and_what_moves_them() -> None:
    text = read_back(
        "phases: {treatment: {cycle: {length: 14 days, count: 12, count-from: actual}, "
        "doses: {oxaliplatin: {give: 85 mg IV, when: day 1}}}}"
    )
    assert "is 12 cycles of 14 days, each counted from the actual start of the one before" in text
    assert "12 infusions, 1,020 mg in all. First three dates: Study Days 1, 15 and 29." in text


def test_what_has_no_end_is_counted_to_a_stated_date() -> None:
    text = read_back("events: [progression]\ndoses: {drug: {give: 1 mg PO, when: every 4 weeks until progression, count-from: plan}}")
    given = [day for day in days(DAY_1, date(2028, 1, 5)) if (day - DAY_1).days % 28 == 0]
    assert "What has no end of its own is counted through 5 January 2028." in text
    assert f"{len(given)} doses, {len(given)} mg in all, through 5 January 2028." in text
    assert "when there is progression, or up to which date to list." in text


def test_what_waits_for_an_event_is_not_counted_and_says_so() -> None:
    text = read_back("events: [relapse]\nvisits: {relapse visit: {when: 3 days after each relapse}}")
    assert "3 days after each relapse. Not counted: its dates follow from what happens to a participant." in text


def test_what_only_some_get_is_not_counted_and_says_so() -> None:
    text = read_back("flags: [diabetes]\nlabs: {glucose: {when: day 1, only-if: diabetes}}")
    assert "Only for participants with the flag `diabetes`. Not counted: the participant of these counts does not get it." in text
    assert "Whether the participant has the flag `diabetes`." in text


def test_a_cohort_plan_is_read_back() -> None:
    text = read_back(
        "doses: {drug: {give: {cohort 1: 1 mg IV, cohort 2: 4 mg IV}, when: day 1, at: place}}\nvisits: {check: {when: day 8}}\n"
        "cohort-plans:\n  escalation:\n    places:\n      sentinels 1-2: {when: day 1, at: 09:00 every 30 minutes}\n"
        "      remaining 3-8: {when: 1 day after last sentinels, at: 09:30 every 15 minutes}\n"
        "    reviews: {safety review: {when: 2 open days after last check}}\n    next: first Mon on or after safety review\n"
    )
    assert "Places 3 to 8 (remaining): 1 day after the last sentinels, the first place at 09:30 and each next one 15 minutes later." in text
    assert "Review safety review: 2 open days after the last check." in text
    assert "The next cohort begins on the first Monday on or after safety review." in text
    assert "1 infusion, 1 mg in all, for cohort 1." in text


# -- conventions and questions

CONVENTIONS = {
    "The day before Day 1 is Day -1: there is no Day 0.": "visits: {it: {when: day 1}}",
    "Week 0 is Day 1, and Week 4 is 28 days later (Day 29)": "visits: {it: {when: week 4}}",
    "A month is a calendar month: Month 0 is Day 1": "visits: {it: {when: month 4}}",
    "A repeat that names no start includes the first day (Day 1, Week 0, Month 0): it.": "labs: {it: {when: every week for 4 weeks}}",
    "these stay on their dates (`if-closed: stay`): it.": "visits: {it: {when: day 1}}",
    "a missed one is left out (`if-missed: skip`): it.": "doses: {it: {give: 1 mg IV, when: day 1}}",
    "one that is late moves none of the others (`count-from: plan`): it.": "labs: {it: {when: every week for 4 weeks}}",
    "A window includes both its ends": "visits: {it: {when: day 8, window: ±1 day}}",
    "Clock times are local.": "visits: {it: {when: day 8, at: 09:00}}",
    "A late or moved dose keeps the amount of its planned date: it.": (
        "doses: {it: {give: {day 1: 1 mg PO, day 2: 2 mg PO}, when: days 1-2}}"
    ),
    "- The weekdays of it, 2 of them.": "doses: {it: {give: 1 mg PO, when: twice weekly for 4 weeks}}",
    "- Other weekdays of it, 2 of them, if the participant wishes.": (
        "doses: {it: {give: 1 mg PO, when: twice weekly for 4 weeks, days: Mon Thu}}"
    ),
    "- The time zone, for the clock times of it.": "visits: {it: {when: day 8, at: breakfast}}",
    "- The clock times of this participant's breakfast.": "visits: {it: {when: day 8, at: breakfast}}",
    "- When the site is open, since it decides over dates of it.": "visits: {it: {when: day 8, if-closed: next open day}}",
}
PLAIN = "visits: {other: {when: days 1 8, if-closed: refuse}}"


@pytest.mark.parametrize(("sentence", "body"), CONVENTIONS.items())
def test_a_convention_is_said_where_it_is_in_force(sentence: str, body: str) -> None:
    assert sentence in read_back(body)
    if sentence != next(iter(CONVENTIONS)):
        assert sentence.replace(" it", " other") not in read_back(PLAIN)


def test_a_month_of_28_days_is_said_to_be_one() -> None:
    text = read_back("visits: {it: {when: month 1}}", "28 days")
    assert "A month is 28 days: Month 0 is Day 1, and Month 1 is 28 days later." in text
    assert "Month 1 (Day 29)" in text


# -- all of it


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_every_published_regimen_is_read_back_whole(path: Path) -> None:
    laid = read_regimen_file(path).regimen
    text = whole(laid)
    joined = re.sub(r"\s+", " ", text)
    assert all(len(line) <= WIDTH for line in text.splitlines())
    assert re.search(r"\bNone\b|\bmcg/| (?:SC|PO|IV)\b(?=[,.])", joined) is None
    for arm in arms_or_none(laid):
        schedule = reference_plan(laid, arm)[1]
        names = {event.item for event in schedule.events}
        assert names
        assert all(f" {name} (" in joined for name in names)


def test_a_control_character_in_a_name_cannot_disturb_the_terminal() -> None:
    laid = regimen("visits: {it: {when: day 1}}")
    assert "\x1b" not in whole(Regimen(study="\x1b[2Jx", source="y", items=laid.items))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(1, 40), st.integers(1, 12), st.integers(1, 500))
def test_the_total_of_a_plain_repeat_is_its_number_times_its_amount(times: int, weeks: int, amount: int) -> None:
    when = f"every {f'{weeks} weeks' if weeks > 1 else 'week'} {times} {'times' if times > 1 else 'time'}"
    text = read_back(f"doses: {{drug: {{give: {amount} mg PO, when: {when}, count-from: plan}}}}", None)
    first = [f"Day {k * weeks * 7 + 1}" for k in range(min(times, 3))]
    label = ["The date: ", "Both dates: ", "First three dates: "][len(first) - 1]
    row = first[0] if len(first) == 1 else f"{', '.join(first[:-1])} and {first[-1]}"
    assert f"{times} dose{'s' * (times != 1)}, {times * amount:,} mg in all. {label}{row}." in text
