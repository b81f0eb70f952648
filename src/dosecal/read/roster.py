"""A roster file's text -> a Roster, with its document."""

import os
from datetime import date
from typing import Final

from msgspec import Struct

from dosecal.diagnostic import Diagnostic
from dosecal.participant import Cohort, Participant, Roster
from dosecal.read.fields import Reading, calendar_date, entries, keys_of, many, optional, run, text
from dosecal.read.files import FilePath, read_bytes
from dosecal.read.nodes import Document, Mapping, Node, Scalar, Sequence, read_document
from dosecal.read.participant import ID_LENGTH, PERSON, person, time_zone

_ROSTER: Final = ("roster", "regimen", "day-1", "timezone", "cohorts", "participants")


class RosterFile(Struct, frozen=True):
    """A roster, the regimen that its file names, and the document."""

    roster: Roster
    regimen: str
    document: Document


def read_roster_file(path: FilePath) -> RosterFile:
    """The roster in the file at `path`. Raises Unreadable, or Refused with every error of the file."""
    return read_roster(read_document(os.fspath(path), read_bytes(path)))


def read_roster(document: Document) -> RosterFile:
    """The roster in a document. Raises Refused with every error of the document."""
    roster, regimen = run(_roster(document))
    return RosterFile(roster, regimen, document)


def _roster(document: Document) -> Reading[tuple[Roster, str] | None]:
    keys = yield from keys_of(document, document.root, _ROSTER, "a roster", required=("roster", "regimen", "day-1", "timezone", "cohorts"))
    yield from optional(document, keys, "roster", text)
    regimen = yield from optional(document, keys, "regimen", text)
    day_1 = yield from optional(document, keys, "day-1", calendar_date)
    zone = yield from optional(document, keys, "timezone", time_zone)
    cohorts = yield from many(document, keys, "cohorts", _cohort)
    participants = yield from _people(document, keys.get("participants"), day_1 or date.min)
    yield from _known_once(document, keys, cohorts, participants)
    if regimen is None or day_1 is None or zone is None:
        return None
    return Roster(day_1=day_1, zone=zone, cohorts=cohorts, participants=participants), regimen


def _cohort(document: Document, node: Node) -> Reading[Cohort | None]:
    keys = yield from keys_of(document, node, ("plan", "places"), "a cohort", required=("plan", "places"))
    plan = yield from optional(document, keys, "plan", text)
    places = yield from many(document, keys, "places", text)
    return Cohort(plan, places) if plan is not None else None


def _people(document: Document, node: Node | None, day_1: date) -> Reading[dict[str, Participant]]:
    """What is known of each participant: the keys of a participant file but Day 1, which the cohort plan gives."""
    people: dict[str, Participant] = {}
    if node is None:
        return people
    for key, value in (yield from entries(document, node, "`participants`")):
        keys = yield from keys_of(document, value, PERSON, "a participant of a roster")
        people[key.text] = yield from person(document, keys, key.text, day_1)
    return people


def _known_once(document: Document, keys: dict[str, Node], cohorts: tuple[Cohort, ...], people: dict[str, Participant]) -> Reading[None]:
    """Every id stands in one place of one cohort, and `participants` describes nobody else."""
    node = keys.get("cohorts", document.root)
    seen: dict[str, str] = {}
    for identity in (place for cohort in cohorts for place in cohort.places):
        folded = identity.casefold()
        place = document.place(_naming(node, identity))
        if folded in seen:
            message = f"the participant `{identity}` has two places"
            yield Diagnostic("twice", message, "give each participant one place", place=place)
        if len(identity) > ID_LENGTH:
            yield Diagnostic("too-long", f"an id of more than {ID_LENGTH} characters", "shorten it", place=place)
        seen[folded] = identity
    described = keys.get("participants")
    for key, _ in described.entries if isinstance(described, Mapping) else ():
        if key.text in people and key.text not in seen.values():
            message = f"`{key.text}` is described, and has no place in a cohort"
            yield Diagnostic("no-place", message, "give them a place, or leave them out here", place=document.place(key))


def _naming(node: Node, identity: str) -> Node:
    """The last text in `node` that is `identity`, or the node itself."""
    found = node
    for cohort in node.nodes if isinstance(node, Sequence) else ():
        places = cohort.get("places") if isinstance(cohort, Mapping) else None
        for one in places.nodes if isinstance(places, Sequence) else ():
            if isinstance(one, Scalar) and one.text == identity:
                found = one
    return found
