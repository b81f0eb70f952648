"""The recipe of a UID is settled for ever: these values must never change."""

import hashlib
import re
import struct
from datetime import date

from hypothesis import example, given, settings
from hypothesis import strategies as st

from dosecal.write.uid import key_code, person_code, uid

DAY_1 = date(2026, 1, 5)
TEXTS = st.text(max_size=20)


def length_prefixed(text: str) -> bytes:
    octets = text.encode("utf-8")
    return struct.pack(">I", len(octets)) + octets


def test_values_that_every_calendar_sent_out_rests_on() -> None:
    # The right sides are written down, not computed: whoever changes them duplicates every calendar that was ever sent.
    assert person_code("CARE-MS II", "1042", DAY_1) == "89dc460f8b55ced846cf4a7f618a0929"
    assert person_code("CARE-MS II", "", DAY_1) == "9310bba4d4a449471c972defc1311a90"
    assert person_code("CARE-MS II", None, DAY_1) == "c4737e5523d9542787e3b82850fa7f2b"
    assert key_code("interferon beta-1a #1") == "0f204ace56594850e102"
    assert key_code("Besuch Ä 日") == "4f0fb218260e94757396"


def test_the_recipe_spelled_out_with_hashlib() -> None:
    message = b"\x00\x00\x00\x0aCARE-MS II" + b"\x01" + b"\x00\x00\x00\x041042"
    code = hashlib.blake2b(message, digest_size=16, person=b"dosecal/person/1").hexdigest()
    assert person_code("CARE-MS II", "1042", DAY_1) == code

    message = b"\x00\x00\x00\x0aCARE-MS II" + b"\x00" + b"\x00\x00\x00\x0a2026-01-05"
    code = hashlib.blake2b(message, digest_size=16, person=b"dosecal/person/1").hexdigest()
    assert person_code("CARE-MS II", None, DAY_1) == code

    code = hashlib.blake2b(b"interferon beta-1a #1", digest_size=10, person=b"dosecal/key/1").hexdigest()
    assert key_code("interferon beta-1a #1") == code


@settings(derandomize=True, deadline=None)
@given(study=TEXTS, participant=TEXTS)
@example(study="Étude", participant="日本-1")
def test_the_recipe_counts_octets_of_utf_8(study: str, participant: str) -> None:
    message = length_prefixed(study) + b"\x01" + length_prefixed(participant)
    assert person_code(study, participant, DAY_1) == hashlib.blake2b(message, digest_size=16, person=b"dosecal/person/1").hexdigest()


@settings(derandomize=True, deadline=None)
@given(TEXTS, TEXTS, TEXTS, TEXTS)
@example("AB", "C", "A", "BC")
@example("A", "", "", "A")
def test_two_participants_share_no_code(study: str, participant: str, other_study: str, other: str) -> None:
    same = (study, participant) == (other_study, other)
    assert (person_code(study, participant, DAY_1) == person_code(other_study, other, DAY_1)) is same


def test_no_id_an_empty_id_and_an_id_that_reads_like_day_1_are_three_people() -> None:
    codes = {person_code("S", None, DAY_1), person_code("S", "", DAY_1), person_code("S", "2026-01-05", DAY_1)}
    assert len(codes) == 3


def test_with_an_id_a_corrected_day_1_changes_no_code() -> None:
    assert person_code("S", "1042", DAY_1) == person_code("S", "1042", date(2027, 1, 1))


def test_without_an_id_the_code_rests_on_day_1() -> None:
    assert person_code("S", None, DAY_1) != person_code("S", None, date(2026, 1, 6))


@settings(derandomize=True, deadline=None)
@given(participant=st.text(min_size=3, alphabet="xyz-XYZ"), key=st.text(min_size=3, alphabet="xyz -#XYZ"))
def test_rule_5_a_uid_has_one_form_and_shows_no_readable_id(participant: str, key: str) -> None:
    # The letters x, y and z are no hex digits, so a readable part would break the form.
    assert re.fullmatch(r"[0-9a-f]{32}-[0-9a-f]{20}", uid(person_code("CARE-MS II", participant, DAY_1), key))


def test_a_lone_surrogate_is_hashed_and_not_an_error() -> None:
    assert key_code("\ud800") != key_code("\ud801")
