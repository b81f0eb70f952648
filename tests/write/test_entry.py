"""An entry on one line: readable as people write it, quoted where YAML would misread it, and always read back as it was meant."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal.read.nodes import read_document
from dosecal.read.plain import plain
from dosecal.write.entry import entry_line

SIGNS = "ab1: #,[]{}\"'-?&*!|>%@`~=\\.µ±"
texts = st.text(st.sampled_from(SIGNS) | st.characters().filter(str.isprintable), min_size=1, max_size=12)
keys = texts.filter(lambda key: key != "<<" and "\u00a0" not in key)


def test_an_entry_reads_like_one_written_by_hand_whatever_the_order_it_came_in() -> None:
    entry = {
        "chain": "5f", "entered": "2026-02-07T09:15:00Z", "by": "JD", "why": "felt ill", "due": "2026-02-06",
        "not-given": "interferon beta-1a", "on": "2026-02-07", "corrects": "3",
    }  # fmt: skip
    assert entry_line(entry) == (
        "{on: 2026-02-07, not-given: interferon beta-1a, due: 2026-02-06, why: felt ill, corrects: 3, by: JD, "
        "entered: 2026-02-07T09:15:00Z, chain: 5f}"
    )
    times = {"on": "2026-02-07", "new-times": {"breakfast": {"Mon-Fri": "07:30"}}, "by": "JD"}
    assert entry_line(times) == "{on: 2026-02-07, new-times: {breakfast: {Mon-Fri: 07:30}}, by: JD}"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("70 mg/m2", "70 mg/m2"),
        ("Sun Tue Thu", "Sun Tue Thu"),
        ("ANC 0.9 x10^9/L (grade 3)", "ANC 0.9 x10^9/L (grade 3)"),
        ("fever, then rash", '"fever, then rash"'),
        ("note: see fax", '"note: see fax"'),
        ("room #4", '"room #4"'),
        ("C#", "C#"),
        ("- later", '"- later"'),
        ("[sic]", '"[sic]"'),
        ('"ill"', '"\\"ill\\""'),
        ("really?", '"really?"'),
        ("", '""'),
        ("größer", "größer"),
    ],
)
def test_a_text_is_quoted_only_where_yaml_could_misread_it(text: str, written: str) -> None:
    assert entry_line({"why": text}) == f"{{why: {written}}}"


@settings(derandomize=True, deadline=None, max_examples=500)
@given(texts, texts, keys)
def test_every_printable_text_comes_back_as_it_was(first: str, second: str, key: str) -> None:
    line = entry_line({"on": first, "given": second, "new": {key: first}})
    assert "\n" not in line
    read = read_document("file.yaml", f"entry: {line}".encode()).root.entries[0][1]
    assert plain(read) == {"on": first, "given": second, "new": {key: first}}
    scalars = [event.value for event in yaml.parse(line, Loader=yaml.SafeLoader) if isinstance(event, yaml.ScalarEvent)]
    assert scalars == ["on", first, "given", second, "new", key, first]  # by the parser written in Python too
