"""Phrases in English: a sentence for every tree, word for word where a reviewer depends on it, and true of every tree that can be said."""

import re
from collections.abc import Callable, Iterator
from datetime import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from dosecal.dose import Amount
from dosecal.phrases import tree
from dosecal.phrases.timing import parse_when
from dosecal.phrases.words import Names
from dosecal.study_time import CALENDAR_MONTHS, MonthRule
from dosecal.write import clauses
from dosecal.write.sentences import (
    English,
    gap_in_words,
    on_point,
    point_in_words,
    when_in_words,
    window_rule_in_words,
)
from tests.properties import strategies
from tests.properties.declared import settled_names

STUDY, CYCLE = English(), English(scope="cycle")
NAMES = Names(
    referable=frozenset({"dose", "visit", "radiotherapy", "alemtuzumab", "vaccination 1", "progression"}), events=frozenset({"progression"})
)

WHEN = {
    "day 8": "on Day 8",
    "day -1": "on Day -1",
    "week 24": "at Week 24",
    "month 0 for 5 days": "on 5 consecutive days beginning at Month 0 (Day 1)",
    "days 1 8 15": "on Days 1, 8 and 15",
    "days 1-21": "on Days 1 to 21",
    "weeks 8 16 24": "at Weeks 8, 16 and 24",
    "days 1 8 for 3 days": "on 3 consecutive days beginning on Day 1 and Day 8",
    "days 1 15 of cycle 3": "on Days 1 and 15 of cycle 3",
    "day 1 of cycles from 4": "on Day 1 of every cycle from cycle 4 on",
    "day 1 of every 2 cycles from 3": "on Day 1 of cycle 3 and every 2 cycles after it",
    "every 3 months through month 24": "every 3 calendar months, beginning at Month 0 (Day 1), through Month 24 (included)",
    "every 3 months from month 3 through month 24": "every 3 calendar months, beginning at Month 3, through Month 24 (included)",
    "every 24 weeks 3 times from week 24": "every 24 weeks, 3 times in all, beginning at Week 24",
    "every day for 42 days": "every day, beginning on Day 1, for 42 days",
    "every day until progression": "every day, beginning on Day 1, until the day before progression",
    "every open day 30 times": "on every day on which the site is open, 30 times in all, from Day 1 on",
    "every Mon Wed Fri for 8 weeks": "every Monday, Wednesday and Friday, from Day 1 on, for 8 weeks",
    "every day from first radiotherapy through last radiotherapy at most 49 days": (
        "every day, beginning on the day of the first radiotherapy, through the last radiotherapy (included), for at most 49 days"
    ),
    "3 times weekly for 24 months": "three times weekly for 24 calendar months, on 3 weekdays that the participant chooses",
    "once weekly from day 29 for 8 weeks": "once weekly, from Day 29 on, for 8 weeks, on 1 weekday that the participant chooses",
    "first 3 days of each alemtuzumab course": "on the first 3 days of each course of alemtuzumab",
    "30 days after last dose": "30 days after the last dose",
    "1 2 4 hours after each dose": "1, 2 and 4 hours after each dose",
    "end of each radiotherapy": "at the end of each radiotherapy",
    "each visit": "on the day of each visit",
    "progression": "on the day of progression",
    "each dose for 7 days": "on 7 consecutive days beginning on the day of each dose",
    "first open Mon on or after 3 days after last visit": (
        "on the first Monday on which the site is open, on or after 3 days after the last visit"
    ),
    "first 2 dose": "on the days of the first 2 occurrences of dose",
    "7 days before each next alemtuzumab course due": "7 days before the due date of each course of alemtuzumab after the first",
}


@pytest.mark.parametrize(("phrase", "english"), WHEN.items())
def test_a_timing_reads_as_a_clinician_would_say_it(phrase: str, english: str) -> None:
    assert when_in_words(parse_when(phrase, NAMES).tree, STUDY) == english


def test_weekdays_of_choice_are_named_with_the_leave_to_choose_others() -> None:
    when = tree.Weekly(3, None, tree.ForSpan(tree.Span(24, "month")))
    assert when_in_words(when, STUDY, tree.Weekdays(("Mon", "Wed", "Fri"))) == (
        "three times weekly for 24 calendar months, on Mondays, Wednesdays and Fridays unless the participant chooses other days"
    )


def test_in_a_cycle_a_timing_says_that_it_comes_in_every_cycle() -> None:
    assert when_in_words(parse_when("days 1 8", NAMES).tree, CYCLE) == "on Days 1 and 8 of every cycle"
    assert when_in_words(parse_when("1 day before day 1", NAMES).tree, CYCLE) == "1 day before Day 1, in every cycle"
    assert when_in_words(parse_when("every day", NAMES).tree, CYCLE) == "every day, beginning on Day 1 of the cycle, until the cycle ends"


def test_cycle_days_that_count_from_0_begin_on_day_0() -> None:
    words = when_in_words(parse_when("every week for 3 weeks", NAMES).tree, English(scope="cycle", first_number=0))
    assert words == "every week, beginning at Week 0 (Day 0 of the cycle), for 3 weeks"


@pytest.mark.parametrize(("months", "said"), [(CALENDAR_MONTHS, "2 calendar months"), (MonthRule(28), "2 months of 28 days")])
def test_a_month_says_what_it_is(months: MonthRule, said: str) -> None:
    assert when_in_words(tree.Every(tree.Span(2, "month"), times=3), English(months=months)).startswith(f"every {said}, 3 times in all")


WINDOWS: dict[str, tree.WindowPhrase] = {
    "from 7 days before to 7 days after the planned date": tree.Around(Decimal(7), "day"),
    "from 1 hour before to 1 hour after the planned time": tree.Around(Decimal(1), "hour"),
    "from the planned date to 7 days after it": tree.Between(0, 7, "day"),
    "from 4 days before the planned date to 2 days after it": tree.Between(-4, 2, "day"),
    "from 3 days before the planned date to the planned date": tree.Between(-3, 0, "day"),
    "from 19 to 23 days after vaccination 1": tree.Apart(Decimal(19), Decimal(23), "day", "after", tree.Ref("vaccination 1")),
    "from Day -28 to Day -1": tree.FromTo(tree.Mark("day", -28), tree.Mark("day", -1)),
}


@pytest.mark.parametrize(("english", "window"), WINDOWS.items())
def test_a_window_says_from_where_to_where(english: str, window: tree.WindowPhrase) -> None:
    assert window_rule_in_words(window, STUDY) == english


OTHERS: list[tuple[Callable[[Any], str], object, str]] = [
    (clauses.give_in_words, tree.Quantity((Decimal("8.8"),), "mcg", "SC"), "8.8 micrograms subcutaneous"),
    (clauses.give_in_words, tree.Quantity((Decimal(85),), "mg/m2", "IV"), "85 mg per square metre intravenous"),
    (clauses.give_in_words, tree.Quantity((Decimal(20), None), "mg", "PO"), "20 mg and nothing, oral, day by day of the course"),
    (clauses.give_in_words, tree.Quantity((Decimal(1000),), "mg", "IV"), "1,000 mg intravenous"),
    (clauses.give_in_words, tree.Auc(Decimal(6), "IV"), "a target AUC of 6 (mg = AUC x (GFR + 25)), intravenous"),
    (clauses.give_in_words, tree.Placebo("inhaled"), "placebo inhaled"),
    (clauses.give_in_words, tree.FromTable("first week"), "the amount in the table `first week`"),
    (clauses.condition_in_words, tree.Within("day", 1, 14), "on Days 1 to 14"),
    (clauses.condition_in_words, tree.Within("study day", 1, 1), "on Study Day 1"),
    (clauses.condition_in_words, tree.Within("dose", 3, None), "from dose 3 on"),
    (clauses.condition_in_words, tree.Within("cycle", 2, 6), "in cycles 2 to 6"),
    (clauses.condition_in_words, tree.OnArm("AB"), "in arm AB"),
    (clauses.condition_in_words, tree.AtSlot("breakfast"), "at breakfast"),
    (
        clauses.condition_in_words,
        tree.Band("weight", Decimal(40), True, Decimal(50), False, "kg"),
        "if weight is from 40 kg to under 50 kg",
    ),
    (clauses.condition_in_words, tree.Band("age", None, False, Decimal(75), True, "years"), "if age is up to and including 75 years"),
    (
        clauses.condition_in_words,
        tree.Band("bsa", Decimal("1.8"), False, None, False, "m2"),
        "if body surface area (BSA) is over 1.8 square metres",
    ),
    (clauses.at_in_words, tree.ClockTime(time(9, 0)), "at 09:00"),
    (clauses.at_in_words, tree.NamedTime("evening"), "at evening"),
    (clauses.at_in_words, tree.NearTime(30, "minute", "before", "breakfast"), "30 minutes before breakfast"),
    (clauses.at_in_words, tree.AtPlace(), "at the clock time of the participant's place in the cohort"),
    (clauses.at_in_words, tree.PlaceTimes(time(9), 30), "the first place at 09:00 and each next one 30 minutes later"),
    (clauses.lasts_in_words, tree.Duration(Decimal("2.5"), "hour"), "2.5 hours"),
    (clauses.missed_in_words, tree.IfMissed("skip"), "a missed dose is left out"),
    (
        clauses.missed_in_words,
        tree.IfMissed("take", "at least", Decimal(48), "hour", "week"),
        "a missed dose is taken on the day on which it is remembered if that is at least 48 hours before the next week, else left out",
    ),
    (clauses.closed_in_words, tree.IfClosed("next"), "if the site is closed, it moves to the next open day"),
    (clauses.only_if_in_words, tree.OnlyIf("diabetes", negated=True), "only for participants without the flag `diabetes`"),
    (clauses.again_in_words, tree.InitiateAgain(1), "1 missed day"),
    (clauses.places_in_words, tree.Places("remaining", 3, 8), "places 3 to 8 (remaining)"),
    (clauses.value_in_words, Amount(Decimal(1), "years"), "1 year"),
    (lambda one: gap_in_words(one, STUDY), tree.Gap(Decimal(48), "hour"), "at least 48 hours after the one before"),
]


@pytest.mark.parametrize(("say", "phrase", "english"), OTHERS, ids=[english for *_, english in OTHERS])
def test_what_stands_beside_a_timing_reads_in_full_words(say: Callable[[object], str], phrase: object, english: str) -> None:
    assert say(phrase) == english


def nodes_of(node: object) -> Iterator[Struct]:
    if isinstance(node, tuple):
        for part in node:
            yield from nodes_of(part)
    elif isinstance(node, Struct):
        yield node
        for field in node.__struct_fields__:
            yield from nodes_of(getattr(node, field))


NO_WORDS_YET = {tree.CycleOf}
"""Values of a record, which a regimen never holds."""


def test_every_class_of_tree_has_a_sentence_here() -> None:
    said = [parse_when(phrase, NAMES).tree for phrase in WHEN] + list(WINDOWS.values()) + [phrase for _, phrase, _ in OTHERS]
    points = [tree.Its("start"), tree.Weekdays(("Mon",))]
    classes = {type(node) for one in (*said, *points) for node in nodes_of(one)}
    every = {one for one in vars(tree).values() if isinstance(one, type) and issubclass(one, Struct) and one is not Struct}
    assert len(every) > 40
    assert every - NO_WORDS_YET - classes == set()
    assert point_in_words(tree.Its("start"), STUDY) == "its own start"


# -- laws

CLASS_NAME = re.compile(r"\b(?:" + "|".join(one.__name__ for one in vars(tree).values() if isinstance(one, type)) + r")\(")
ENGLISHES = st.builds(English, st.sampled_from((None, CALENDAR_MONTHS, MonthRule(30))), st.sampled_from(("study", "phase", "cycle")))
WEEKDAYS = {"Mon": "Monday", "Tue": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday"}


def own_words(node: object) -> Iterator[str]:
    """The names and numbers that a tree holds, as people read them."""
    for one in nodes_of(node):
        match one:
            case tree.Ref(name=name) | tree.NamedTime(name) | tree.NearTime(name=name) | tree.FromTable(name) | tree.AtSlot(name):
                yield name
            case tree.Until(name) | tree.OnlyIf(name) | tree.OnArm(name):
                yield name
            case tree.Places(name, first, last):
                yield from (name, str(first), str(last))
            case tree.Mark(_, number):
                yield str(number)
            case tree.Run(first, last):
                yield from (str(first), str(last))
            case tree.Weekdays(days):
                yield from (WEEKDAYS[day] for day in days)
            case tree.ClockTime(clock) | tree.PlaceTimes(clock):
                yield f"{clock.hour:02}:{clock.minute:02}"


def check(sentence: str, phrase: object) -> None:
    assert sentence
    assert "None" not in sentence
    assert CLASS_NAME.search(sentence) is None
    assert "  " not in sentence
    assert not sentence.endswith((" ", ","))
    for word in own_words(phrase):
        assert word in sentence, word


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.data())
def test_every_timing_window_and_point_has_a_sentence_that_names_its_own_words(data: st.DataObject) -> None:
    names = data.draw(settled_names())
    english = data.draw(ENGLISHES)
    when = data.draw(strategies.whens(names))
    check(when_in_words(when, english, data.draw(st.none() | strategies.weekdays())), when)
    window = data.draw(strategies.windows(names))
    check(window_rule_in_words(window, english), window)
    point = data.draw(strategies.points(names))
    check(on_point(point, english), point)
    gap = data.draw(strategies.gaps())
    check(gap_in_words(gap, english), gap)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.data())
def test_everything_beside_a_timing_has_a_sentence_that_names_its_own_words(data: st.DataObject) -> None:
    names = data.draw(settled_names())
    drawn: list[tuple[Callable[[Any], str], strategies.Strategy]] = [
        (clauses.give_in_words, strategies.gives(names)),
        (clauses.at_in_words, strategies.ats()),
        (clauses.lasts_in_words, strategies.durations()),
        (clauses.missed_in_words, strategies.if_missed()),
        (clauses.closed_in_words, strategies.if_closed()),
        (clauses.only_if_in_words, strategies.only_if(names)),
        (clauses.again_in_words, strategies.initiate_again()),
        (clauses.places_in_words, strategies.places()),
        (clauses.value_in_words, strategies.amounts()),
    ]
    for say, strategy in drawn:
        phrase = data.draw(strategy)
        check(say(phrase), phrase)
    for condition in data.draw(strategies.conditions(names)):
        check(clauses.condition_in_words(condition), condition)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.data())
def test_what_is_given_is_never_abbreviated_as_the_lists_forbid(data: st.DataObject) -> None:
    give = data.draw(strategies.gives(data.draw(settled_names())).filter(lambda one: not isinstance(one, tree.FromTable)))
    sentence = clauses.give_in_words(give)
    assert re.search(r"\b(?:SC|IV|IM|PO|SL|ID|mcg|IU|QD|ng)\b|µ", sentence) is None
    assert re.search(r"(?<!\d)\.\d|\.\d*0\b", sentence) is None  # no naked decimal point, no trailing zero
    assert re.search(r"\d{4}", re.sub(r"\.\d+", "", sentence)) is None  # a comma in every number from 1,000
