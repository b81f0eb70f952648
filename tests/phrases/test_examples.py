"""Every phrase of eighteen real regimens parses, and is spelled again as it stands."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

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
)
from dosecal.phrases.spell import spell
from dosecal.phrases.timing import parse_point, parse_ref, parse_span, parse_weekdays, parse_when, parse_window
from dosecal.phrases.words import Names, Parsed

Parser = Callable[[str, Names], Parsed[Any]]
Phrase = tuple[Parser, str]

SECTIONS = {
    "doses": "dose",
    "medicines": "medicine",
    "labs": "lab",
    "visits": "visit",
    "assessments": "assessment",
    "samples": "sample",
    "calls": "call",
    "procedures": "procedure",
}
# Which key of an item (or of a cohort's places, or a review) holds which phrase.
PARSERS: dict[str, Parser] = {
    "when": parse_when,
    "give": parse_give,
    "at": parse_at,
    "lasts": parse_duration,
    "window": parse_window,
    "at-least": parse_gap,
    "not-before": parse_point,
    "if-missed": parse_if_missed,
    "if-closed": parse_if_closed,
    "except": parse_ref,
    "only-if": parse_only_if,
    "initiate-again": parse_initiate_again,
    "round": parse_amount,
    "max-dose": parse_amount,
    "levels": parse_amount,
    "days": parse_weekdays,
}
# Counted by hand, document by document: a walker that misses phrases must not pass.
COUNTED_BY_HAND = {
    "001": 11,
    "002": 12,
    "003": 10,
    "004": 10,
    "005": 18,
    "006": 23,
    "007": 11,
    "008": 17,
    "009": 14,
    "010": 47,
    "011": 12,
    "012": 14,
    "013": 22,
    "014": 19,
    "015": 16,
    "016": 4,
    "017": 29,
    "018": 19,
}


def documents() -> dict[str, dict[str, Any]]:
    text = (Path(__file__).parent / "examples.yaml").read_text(encoding="utf-8")
    # Only the base loader leaves every scalar as the text that it is; it builds nothing but text, lists and mappings.
    loaded = list(yaml.load_all(text, Loader=yaml.BaseLoader))
    return {f"{number:03}": document for number, document in enumerate(loaded, 1)}


def phrases_of_value(parser: Parser, value: Any) -> Iterator[Phrase]:
    if isinstance(value, dict):
        for step, part in value.items():
            yield parse_conditions, step
            yield from phrases_of_value(parser, part)
    elif isinstance(value, list):
        for part in value:
            yield from phrases_of_value(parser, part)
    else:
        yield parser, value


def phrases_of_item(item: dict[str, Any]) -> Iterator[Phrase]:
    for key, value in item.items():
        if key in PARSERS:
            yield from phrases_of_value(PARSERS[key], value)
        else:
            assert key in {"title", "product", "count-from"}, key


def phrases_of_part(part: dict[str, Any]) -> Iterator[Phrase]:
    """Of a whole document, an arm or a phase."""
    for section in SECTIONS:
        for item in part.get(section, {}).values():
            yield from phrases_of_item(item)
    for table in part.get("tables", {}).values():
        yield from phrases_of_value(parse_give, table)
    if "lasts" in part:
        yield parse_span, part["lasts"]
    if "cycle" in part:
        yield parse_span, part["cycle"]["length"]
    if "starts" in part:
        yield parse_point, part["starts"]
    for holder in ("arms", "phases"):
        for inner in part.get(holder, {}).values():
            yield from phrases_of_part(inner)
    for plan in part.get("cohort-plans", {}).values():
        yield from phrases_of_plan(plan)


def phrases_of_plan(plan: dict[str, Any]) -> Iterator[Phrase]:
    for places, item in plan["places"].items():
        yield parse_places, places
        yield from phrases_of_item(item)
    for review in plan["reviews"].values():
        yield from phrases_of_item(review)
    yield parse_point, plan["next"]


def names_of(document: dict[str, Any]) -> Names:
    referable = set(SECTIONS.values()) | set(document.get("events", ()))
    parts = [document, *document.get("phases", {}).values()]
    for part in parts:
        referable |= {name for section in SECTIONS for name in part.get(section, {})}
    referable |= set(document.get("phases", {}))
    for plan in document.get("cohort-plans", {}).values():
        referable |= set(plan["reviews"]) | {places.rpartition(" ")[0] for places in plan["places"]}
    return Names(
        referable=frozenset(referable),
        events=frozenset(document.get("events", ())),
        arms=frozenset(document.get("arms", {})),
        tables=frozenset(document.get("tables", {})),
    )


def test_there_are_eighteen_regimens_each_with_its_format_study_and_source() -> None:
    found = documents()
    assert list(found) == list(COUNTED_BY_HAND)
    assert all(document["format"] == "dosecal/1" and document["study"] and document["source"] for document in found.values())


@pytest.mark.parametrize("number", COUNTED_BY_HAND)
def test_every_phrase_parses_and_prints_back_unchanged(number: str) -> None:
    document = documents()[number]
    names = names_of(document)
    phrases = list(phrases_of_part(document))
    assert [spell(parser(text, names).tree) for parser, text in phrases] == [text for _, text in phrases]
    assert len(phrases) == COUNTED_BY_HAND[number]
