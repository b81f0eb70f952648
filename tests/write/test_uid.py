"""The recipe of a UID is settled for ever: these values must never change."""

import hashlib
import re
import struct
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dosecal.write.options import CalendarOptions
from dosecal.write.uid import Component, UidKey, Uids, key_code, person_code, study_key, uid

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


# -- with a study's key

KEY = study_key(b"a key for this test alone")
OTHER_KEY = study_key(b"another key for this test")


def keyed(key: UidKey, participant: str, event: str, component: Component = "key") -> str:
    return Uids(key).of("CARE-MS II", participant, DAY_1, component)(event).decode()


def test_keyed_values_that_every_calendar_sent_out_rests_on() -> None:
    # The right sides are written down, not computed: whoever changes them duplicates every keyed calendar that was ever sent.
    assert keyed(KEY, "1042", "interferon beta-1a #1") == "c8c67107ffa321c55096f82267a53cba-ef622a6f9aaa5a605e51"
    assert keyed(KEY, "1042", "interferon beta-1a #1", "task") == "c8c67107ffa321c55096f82267a53cba-3ab63498db407e3cb146"
    assert key_code("interferon beta-1a #1", "task") == "892d2dec3c0e74a4375b"


def test_the_keyed_recipe_spelled_out_with_hashlib() -> None:
    secret = hashlib.blake2b(b"a key for this test alone", digest_size=64, person=b"dosecal/study/1").digest()
    message = b"\x00\x00\x00\x0aCARE-MS II" + b"\x01" + b"\x00\x00\x00\x041042"
    person = hashlib.blake2b(message, digest_size=16, key=secret, person=b"dosecal/person/1")
    key = hashlib.blake2b(person.digest() + b"visit/day 8", digest_size=10, key=secret, person=b"dosecal/key/1")
    assert keyed(KEY, "1042", "visit/day 8") == f"{person.hexdigest()}-{key.hexdigest()}"


def test_without_a_key_uids_are_those_that_they_were() -> None:
    plain = Uids().of("CARE-MS II", "1042", DAY_1)
    assert plain("interferon beta-1a #1") == b"89dc460f8b55ced846cf4a7f618a0929-0f204ace56594850e102"


@settings(derandomize=True, deadline=None)
@given(TEXTS, TEXTS)
@example("1042", "visit/day 8")
def test_another_key_no_key_another_participant_and_a_task_have_other_uids(participant: str, event: str) -> None:
    plain = uid(person_code("CARE-MS II", participant, DAY_1), event)
    found = {plain, keyed(KEY, participant, event), keyed(OTHER_KEY, participant, event), keyed(KEY, participant, event, "task")}
    assert len(found) == 4
    assert len({one.partition("-")[0] for one in found}) == 3


def test_the_uids_of_two_participants_share_nothing_with_a_key_and_the_key_codes_without_one() -> None:
    first, second = (keyed(KEY, who, "visit/day 8").split("-") for who in ("1042", "1043"))
    assert first[0] != second[0]
    assert first[1] != second[1]
    plain = Uids()
    codes = {plain.of("CARE-MS II", who, DAY_1)("visit/day 8").split(b"-")[1] for who in ("1042", "1043")}
    assert len(codes) == 1


def test_a_keyed_uid_has_the_form_of_any_other() -> None:
    assert re.fullmatch(r"[0-9a-f]{32}-[0-9a-f]{20}", keyed(KEY, "1042", "visit/day 8"))


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n", b"\n\n"])
def test_an_end_of_line_that_an_editor_left_makes_no_other_key(ending: bytes) -> None:
    assert study_key(b"a key for this test alone" + ending) == KEY


@pytest.mark.parametrize("content", [b"a key for this test alone ", b" a key for this test alone", b"A key for this test alone", b""])
def test_any_other_difference_makes_another_key(content: bytes) -> None:
    assert study_key(content) != KEY


def test_a_key_never_shows() -> None:
    for shown in (repr(KEY), str(KEY), f"{KEY!r}", repr([KEY]), repr(CalendarOptions(uid_key=KEY))):
        assert KEY.octets.hex() not in shown
        assert repr(KEY.octets)[2:-1] not in shown
        assert "UidKey(...)" in shown
