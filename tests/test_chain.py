"""The chain's form, against hashes made outside; and what it finds: every entry changed, removed, added or put elsewhere inside it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal.chain import Texts, Value, genesis, state_after, verified

lawful = settings(derandomize=True, deadline=None)

FACTS = {"participant": "1042", "regimen": "care-ms-ii", "day-1": "2026-01-05"}
FELT_ILL = {"on": "2026-02-07", "not-given": "interferon beta-1a", "due": "2026-02-06", "why": 'felt "ill" – naïve', "by": "JD"}
TIMES = {"on": "2026-02-08", "new-times": {"breakfast": {"Mon-Fri": "07:30", "Sat-Sun": "09:00"}}, "by": "JD"}
# Made with printf and sha256sum from the text that the module's docstring describes.
START = "47db122e55eb492f84739ec161ad77e9a1578e02f7b9138f932fdc360de6fea0"
AFTER_1 = "7cbccecf2c6ffdafaf3ae33db0506544616002c0a4667f02789fd3556a51c6c1"
AFTER_2 = "80799df849b83ef488ddfcc22b862b6ffcc494a772ae9c18235fbab062d3effa"


def test_the_form_is_the_one_that_is_written_down() -> None:
    assert genesis(FACTS) == START
    assert state_after(START, FELT_ILL) == AFTER_1
    assert state_after(AFTER_1, TIMES) == AFTER_2


def test_of_a_participant_every_fact_counts_that_may_decide_a_dose_or_a_date() -> None:
    assert genesis({**FACTS, "horizon": "2030-01-01", "language": "de", "record": ()}) == START
    others = [{"arm": ""}, {"arm": "null"}, {"day-1": "2026-01-06"}, {"timezone": "Europe/Berlin"}, {"measures": {"bsa": "2.8 m2"}}]
    assert len({START, *(genesis({**FACTS, **other}) for other in others)}) == 6


def test_neither_the_order_of_keys_nor_the_chain_itself_counts() -> None:
    assert state_after(START, dict(reversed(FELT_ILL.items()))) == AFTER_1
    assert state_after(START, {**FELT_ILL, "chain": "anything"}) == AFTER_1


def test_entries_by_hand_are_covered_by_the_next_one_that_is_chained() -> None:
    found = verified(FACTS, [FELT_ILL, {**TIMES, "chain": AFTER_2}])
    assert (found.chained, found.broken, found.unchained, found.head) == ((2,), None, (), AFTER_2)
    assert found.states == (START, AFTER_1, AFTER_2)
    changed = verified(FACTS, [{**FELT_ILL, "by": "XX"}, {**TIMES, "chain": AFTER_2}])
    assert (changed.broken, changed.sound) == (2, 0)


def test_what_nothing_covers_yet_is_named() -> None:
    assert verified(FACTS, []).head == START
    assert verified(FACTS, [FELT_ILL, TIMES]).unchained == (1, 2)
    found = verified(FACTS, [{**FELT_ILL, "chain": AFTER_1}, TIMES])
    assert (found.chained, found.broken, found.unchained, found.head) == ((1,), None, (2,), AFTER_2)


words = st.text(max_size=4)
values: st.SearchStrategy[Value] = st.recursive(
    words, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner, max_size=2), max_leaves=4
)
entries = st.dictionaries(words.filter(lambda key: key != "chain"), values, max_size=4)


def chained(facts: Texts, plain: list[dict[str, Value]], by_hand: frozenset[int]) -> list[dict[str, Value]]:
    """The entries, each with its state but for those at the positions written by hand."""
    state, done = genesis(facts), []
    for number, entry in enumerate(plain):
        state = state_after(state, entry)
        done.append(entry if number in by_hand else {**entry, "chain": state})
    return done


@lawful
@given(st.lists(entries, min_size=1, max_size=6), st.frozensets(st.integers(0, 5)), st.data())
def test_an_entry_changed_removed_added_or_exchanged_inside_the_chain_is_found(
    plain: list[dict[str, Value]], by_hand: frozenset[int], data: st.DataObject
) -> None:
    record = chained(FACTS, plain, by_hand)
    whole = verified(FACTS, record)
    assert whole.broken is None
    last = whole.chained[-1] if whole.chained else 0
    if last == 0:
        return
    at = data.draw(st.integers(0, last - 1))
    tampered = list(record)
    match data.draw(st.sampled_from(["change", "remove", "add", "exchange"])):
        case "change":
            tampered[at] = {**record[at], "by": "somebody else entirely"}
        case "remove" if at < last - 1:
            del tampered[at]
        case "add":
            tampered.insert(at, {"on": "2026-01-01", "by": "somebody else entirely"})
        case _ if at < last - 1 and {**record[at], "chain": ""} != {**record[at + 1], "chain": ""}:
            tampered[at], tampered[at + 1] = tampered[at + 1], tampered[at]
        case _:
            return
    found = verified(FACTS, tampered)
    assert found.broken is not None
    assert found.broken > found.sound
    assert found.sound <= at
    assert verified({**FACTS, "day-1": "2026-01-06"}, record).broken == whole.chained[0]


@lawful
@given(st.lists(entries, min_size=1, max_size=6), st.integers(0, 5))
def test_a_tail_that_was_cut_shows_only_against_a_head_kept_elsewhere(plain: list[dict[str, Value]], cut: int) -> None:
    record = chained(FACTS, plain, frozenset())
    head = verified(FACTS, record).head
    shorter = verified(FACTS, record[:cut])
    assert shorter.broken is None
    assert (head in shorter.states) == (cut >= len(record))


@lawful
@given(st.lists(entries, max_size=5), st.lists(entries, max_size=5))
def test_two_records_have_one_head_only_if_they_are_one(first: list[dict[str, Value]], second: list[dict[str, Value]]) -> None:
    assert (verified(FACTS, first).head == verified(FACTS, second).head) == (first == second)
