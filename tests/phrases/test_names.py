"""Which names can be referred to in a phrase, and which words belong to the language."""

from collections.abc import Callable
from typing import Any, get_args

import pytest

from dosecal.phrases import spell, tree
from dosecal.phrases.names import LANGUAGE_WORDS
from dosecal.phrases.rules import parse_at
from dosecal.phrases.timing import parse_when
from dosecal.phrases.words import Names, PhraseError, referable_name_fault
from dosecal.study_time import WEEKDAYS
from tests.properties.declared import AWKWARD_NAMES, UNREFERABLE_NAMES

# The terminals of the grammar, copied from its text (docs/language.md); singular and plural are one word.
TERMINALS = """
    every first days of for times from open day at most once twice weekly through until weeks months cycle cycles week month study before
    after start end its on or each next late initiation last course due hours minutes to place apart skip take if least more than dose
    else AUC placebo table none doses cohort cohorts arm over under up missed not plan actual stay previous nearest refuse
"""


def when(text: str, *names: str) -> Any:
    return parse_when(text, Names(referable=frozenset(names))).tree


@pytest.mark.parametrize("name", AWKWARD_NAMES)
def test_an_awkward_name_can_be_referred_to(name: str) -> None:
    assert referable_name_fault(name) is None
    assert when(f"each {name} course due", name).base == tree.Ref(name, "each", None, course=True, due=True)


@pytest.mark.parametrize("name", UNREFERABLE_NAMES)
def test_a_name_that_begins_as_a_point_does_cannot_be_referred_to(name: str) -> None:
    fault = referable_name_fault(name)
    assert fault is not None
    assert f"`{name}` cannot be referred to" in fault
    with pytest.raises(PhraseError):
        when(f"30 days after last {name}", name)


@pytest.mark.parametrize(
    "name", ["CBC, chemistry", "visit [A]", "pre–dose", "two  spaces", " space", "tab\tbed", "", "x" * 201, "Visit: 3", "- x"]
)
def test_a_name_that_phrases_cannot_hold_cannot_be_referred_to(name: str) -> None:
    assert referable_name_fault(name) is not None


def test_the_longest_declared_name_is_meant() -> None:
    declared = ("vaccination", "vaccination 1", "vaccination 1 booster")
    for name in declared:
        assert when(f"last {name}", *declared).base.name == name


def test_a_name_that_could_be_a_shorter_one_and_what_follows_it_is_refused_with_both_named() -> None:
    assert when("each CT course", "CT").base == tree.Ref("CT", "each", None, course=True)
    assert when("each CT course", "CT course").base == tree.Ref("CT course", "each")
    assert (
        referable_name_fault("CT course", {"CT"}) == "`CT course` cannot be referred to: it could also be read as `CT` and what follows it"
    )
    with pytest.raises(PhraseError, match="`CT course` can be read in two ways: as that name, or as `CT` and what follows it"):
        when("each CT course", "CT", "CT course")


def test_a_word_of_the_language_wins_over_a_name_that_nobody_may_refer_to() -> None:
    assert when("week 4", "week 4").base == tree.Mark("week", 4)


def test_every_word_of_the_grammar_is_kept_from_named_times() -> None:
    plurals = {word + "s" for word in ("day", "week", "month", "cycle", "dose", "cohort", "time", "hour", "minute")}
    singulars = {word.removesuffix("s") for word in plurals}
    measures = set("weight height bsa bmi age gfr creatinine clearance".split())  # noqa: SIM905  (as the terminals)
    assert set(TERMINALS.split()) | plurals | singulars | measures | set(WEEKDAYS) == LANGUAGE_WORDS
    for word in sorted(LANGUAGE_WORDS - {"place"}):
        with pytest.raises(PhraseError):
            parse_at(f"early {word}", Names())


def test_every_tree_has_a_speller() -> None:
    spellers: dict[type, Callable[[Any], str]] = spell._SPELLERS
    assert set(get_args(tree.Tree)) <= set(spellers)
