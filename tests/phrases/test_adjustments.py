"""What a record adjusts a dose to: another amount, another AUC, or the plan again; never a route."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal.dose import UNITS, Amount
from dosecal.phrases.amounts import parse_adjustment
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Auc
from dosecal.phrases.words import Names, PhraseError

NUMBERS = st.integers(1, 99_999).map(lambda thousandths: Decimal(thousandths) / 1000)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("75 mg/m2", Amount(Decimal(75), "mg/m2")),
        ("37.5 mg", Amount(Decimal("37.5"), "mg")),
        ("1 tablet", Amount(Decimal(1), "tablets")),
        ("AUC 5", Auc(Decimal(5), "")),
        ("plan", "plan"),
    ],
)
def test_an_adjustment_is_an_amount_an_auc_or_the_plan(text: str, tree: object) -> None:
    assert parse_adjustment(text, Names()).tree == tree


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.one_of(st.just("plan"), st.builds(Auc, NUMBERS, st.just("")), st.builds(Amount, NUMBERS, st.sampled_from(sorted(UNITS)))))
def test_an_adjustment_that_is_written_reads_back_as_itself(tree: Amount | Auc | str) -> None:
    assert parse_adjustment(spell(tree), Names()).tree == tree


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("AUC 5 IV", "phrase", "IV"),
        ("75 mg/m2 IV", "phrase", "IV"),
        ("AUC", "phrase", ""),
        ("AUC 5.0", "spelling", "5.0"),
        ("AUC  5", "spelling", ""),
        ("75", "no-unit", "75"),
        ("75 kg", "unit", "kg"),
        ("0 mg", "number", "0"),
        ("plan 5", "phrase", "5"),
        ("placebo", "phrase", "placebo"),
    ],
)
def test_anything_else_is_refused_where_it_stands(text: str, name: str, words: str) -> None:
    with pytest.raises(PhraseError) as refused:
        parse_adjustment(text, Names())
    assert refused.value.name == name
    assert not words or text[refused.value.start : refused.value.end] == words
