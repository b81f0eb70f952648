"""Laws of the phrase language: parsing and spelling are inverse, and whatever is not a phrase is refused where it goes wrong."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dosecal.phrases.amounts import parse_amount, parse_conditions, parse_give
from dosecal.phrases.rules import (
    parse_at,
    parse_duration,
    parse_gap,
    parse_if_closed,
    parse_if_missed,
    parse_initiate_again,
    parse_only_if,
    parse_places,
    parse_record_value,
)
from dosecal.phrases.spell import spell
from dosecal.phrases.timing import parse_point, parse_ref, parse_span, parse_weekdays, parse_when, parse_window
from dosecal.phrases.words import Names, Parsed, PhraseError
from tests.properties import declared
from tests.properties import strategies as trees

Parser = Callable[[str, Names], Parsed[Any]]
KINDS_OF_PHRASE: dict[str, tuple[Parser, Callable[[Names], trees.Strategy]]] = {
    "when": (parse_when, trees.whens),
    "point": (parse_point, trees.points),
    "ref": (parse_ref, trees.refs),
    "window": (parse_window, trees.windows),
    "at": (parse_at, lambda _: trees.ats()),
    "duration": (parse_duration, lambda _: trees.durations()),
    "gap": (parse_gap, lambda _: trees.gaps()),
    "if-missed": (parse_if_missed, lambda _: trees.if_missed()),
    "if-closed": (parse_if_closed, lambda _: trees.if_closed()),
    "only-if": (parse_only_if, trees.only_if),
    "initiate-again": (parse_initiate_again, lambda _: trees.initiate_again()),
    "give": (parse_give, trees.gives),
    "conditions": (parse_conditions, trees.conditions),
    "amount": (parse_amount, lambda _: trees.amounts()),
    "span": (parse_span, lambda _: trees.spans()),
    "weekdays": (parse_weekdays, lambda _: trees.weekdays()),
    "places": (parse_places, lambda _: trees.places()),
    "record value": (parse_record_value, trees.record_values),
}
PARSERS = tuple(parser for parser, _ in KINDS_OF_PHRASE.values())
ONE_OF_EACH_NAME = Names(
    referable=declared.KINDS | {"alemtuzumab", "vaccination 1", "discontinuation", "first week", "CT course", "CT"},
    events=frozenset({"discontinuation"}),
    arms=frozenset({"AB", "BA"}),
    tables=frozenset({"first week"}),
    flags=frozenset({"pregnant"}),
)
# Every word that the grammar knows, and what people write instead.
PIECES_OF_PHRASES = """
    every first last each day days week weeks month months study open of from for through until at most times weekly once twice on or after
    before start end its next late initiation course due hours minutes to place skip take if least more than dose else apart missed cycle
    cycles cohort from arm weight age gfr over under up AUC placebo table none mg mg/m2 mcg units kg years IV PO SC external beam Mon Tue
    Fri Sun 1 2 3 0 -1 1-5 5-1 8 15 0.5 2.5 +7 -3 +0 ±7 ± +/-7 +/- 09:00 24:00 9:00 breakfast evening plan 2027-05-18 2027-02-30
    alemtuzumab vaccination CT discontinuation AB pregnant stay nearest refuse not sentinels 1, 1,000 1–5 µg 12mg . - + , _ 1_0 1e5 ² 99999
    100000 000000000000000000001 evry dayz
"""
PIECES = PIECES_OF_PHRASES.split()


def law(examples: int) -> Callable[[Any], Any]:
    return settings(derandomize=True, deadline=None, max_examples=examples)


def parsed_or_refused(parser: Parser, text: str, names: Names) -> Parsed[Any] | None:
    """The phrase parsed, or None when it is refused as promised: inside the text, with a message, a mend and a name."""
    try:
        return parser(text, names)
    except PhraseError as error:
        refusal = error
    assert 0 <= refusal.start <= refusal.end <= len(text)
    assert refusal.start < refusal.end or refusal.start == len(text)
    assert all((refusal.message, refusal.help, refusal.name))
    return None


def spelled_so(parsed: Parsed[Any], text: str) -> bool:
    """Whether `text` is the one spelling of its tree; `+/-` is the keyboard's way to write ±."""
    return spell(parsed.tree) in (text, "±" + text.removeprefix("+/-"))


@pytest.mark.parametrize("kind", KINDS_OF_PHRASE)
@law(120)
@given(data=st.data())
def test_a_spelled_tree_parses_to_the_same_tree(kind: str, data: st.DataObject) -> None:
    parser, trees_of = KINDS_OF_PHRASE[kind]
    names = data.draw(declared.settled_names())
    tree = data.draw(trees_of(names).filter(lambda tree: len(spell(tree)) <= 500))
    found = parser(spell(tree), names).tree
    # The text of a tree shows each value's type as well: 1 and Decimal("1") are equal but not the same.
    assert (found, repr(found)) == (tree, repr(tree))


@law(150)
@given(data=st.data())
def test_a_spelled_timing_parses_to_the_same_timing_whatever_the_declared_names(data: st.DataObject) -> None:
    names = data.draw(declared.declared_names())
    tree = data.draw(trees.whens(names).filter(lambda tree: len(spell(tree)) <= 500))
    assert parse_when(spell(tree), names).tree == tree


@pytest.mark.parametrize("kind", KINDS_OF_PHRASE)
@law(60)
@given(data=st.data())
def test_every_part_of_a_tree_has_its_span_and_is_spelled_as_its_span(kind: str, data: st.DataObject) -> None:
    parser, trees_of = KINDS_OF_PHRASE[kind]
    names = data.draw(declared.settled_names())
    text = spell(data.draw(trees_of(names).filter(lambda tree: len(spell(tree)) <= 500)))
    parsed = parser(text, names)
    assert parsed.span_of(parsed.tree) == (0, len(text))
    for node in parts_of(parsed.tree):
        span = parsed.span_of(node)
        assert span is not None, node
        if not (type(node).__name__ == "Span" and node.count == 1):  # after `every` the number 1 is left out
            assert spell(node) == text[span[0] : span[1]]


def parts_of(node: Any) -> list[Any]:
    """Every part of a tree that is a tree itself."""
    if isinstance(node, tuple):
        return [part for inner in node for part in parts_of(inner)]
    fields = getattr(node, "__struct_fields__", ())
    return [node, *(part for field in fields for part in parts_of(getattr(node, field)))] if fields else []


@law(400)
@given(parser=st.sampled_from(PARSERS), text=st.text(max_size=80))
@example(parser=parse_when, text="")
@example(parser=parse_when, text=" ")
@example(parser=parse_when, text="day ٣")
@example(parser=parse_give, text="1\udc80 mg IV")
def test_any_text_is_parsed_or_refused_in_its_place(parser: Parser, text: str) -> None:
    parsed = parsed_or_refused(parser, text, ONE_OF_EACH_NAME)
    assert parsed is None or spell(parsed.tree) == text


@law(1500)
@given(parser=st.sampled_from(PARSERS), words=st.lists(st.sampled_from(PIECES), max_size=9))
def test_any_row_of_words_is_refused_or_is_the_one_spelling_of_its_tree(parser: Parser, words: list[str]) -> None:
    text = " ".join(words)
    parsed = parsed_or_refused(parser, text, ONE_OF_EACH_NAME)
    assert parsed is None or spelled_so(parsed, text)


@pytest.mark.parametrize("kind", KINDS_OF_PHRASE)
@law(60)
@given(data=st.data())
def test_a_phrase_with_a_slip_is_refused_or_is_another_phrase(kind: str, data: st.DataObject) -> None:
    parser, trees_of = KINDS_OF_PHRASE[kind]
    names = data.draw(declared.settled_names())
    text = spell(data.draw(trees_of(names).filter(lambda tree: len(spell(tree)) <= 400)))
    place = data.draw(st.integers(0, len(text)))
    gone = data.draw(st.integers(0, 3))
    slip = data.draw(st.one_of(st.sampled_from(PIECES), st.text(max_size=2)))
    other = text[:place] + slip + text[place + gone :]
    parsed = parsed_or_refused(parser, other, names)
    assert parsed is None or spelled_so(parsed, other)


@pytest.mark.parametrize("kind", KINDS_OF_PHRASE)
@law(30)
@given(data=st.data())
def test_a_phrase_is_refused_with_a_space_too_many_or_a_bare_plural(kind: str, data: st.DataObject) -> None:
    parser, trees_of = KINDS_OF_PHRASE[kind]
    names = data.draw(declared.settled_names())
    text = spell(data.draw(trees_of(names).filter(lambda tree: len(spell(tree)) <= 400)))
    for other in (f" {text}", f"{text} ", text.replace(" ", "  ", 1)):
        if other != text:
            assert parsed_or_refused(parser, other, names) is None


@law(50)
@given(depth=st.integers(1, 60), parser=st.sampled_from((parse_when, parse_point)))
def test_points_nest_to_a_depth_of_twenty(depth: int, parser: Parser) -> None:
    text = "1 day after " * (depth - 1) + "day 1"
    assert (parsed_or_refused(parser, text, Names()) is not None) == (depth <= 20)
