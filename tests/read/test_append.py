"""A new entry goes to the end of the record; every byte that was there stays, whatever the layout."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal.diagnostic import Refused
from dosecal.read.append import append_entry
from dosecal.read.nodes import read_document
from dosecal.read.plain import entries_of, plain

NEW = '{on: 2026-03-01, given: "a, b: #c", by: JD}'
READ = {"on": "2026-03-01", "given": "a, b: #c", "by": "JD"}
HEAD = 'participant: "1042"\nregimen: x  # as signed\nday-1: 2026-01-05\n'


def appended(text: str) -> str:
    return append_entry("p.yaml", text.encode(), NEW).data.decode()


LAYOUTS = {
    "no record": (HEAD, HEAD + f"record:\n  - {NEW}\n"),
    "no record and no newline at the end": (HEAD.rstrip(), HEAD + f"record:\n  - {NEW}\n"),
    "no record and a remark at the end": (HEAD + "# end", HEAD + f"# end\nrecord:\n  - {NEW}\n"),
    "an empty record": (HEAD + "record:\n", HEAD + f"record:\n  - {NEW}\n"),
    "an empty record without a newline": (HEAD + "record:", HEAD + f"record:\n  - {NEW}\n"),
    "an empty record with remarks": (
        HEAD + "record:   # in the order written\n  # - {on: ...}\n# end\n",
        HEAD + f"record:   # in the order written\n  # - {{on: ...}}\n  - {NEW}\n# end\n",
    ),
    "an empty record in the middle": ("record:\n" + HEAD, f"record:\n  - {NEW}\n" + HEAD),
    "empty brackets": (HEAD + "record: []\n", HEAD + f"record:\n  - {NEW}\n"),
    "empty brackets with a remark, in the middle": ("record:  [ ]  # none yet\n" + HEAD, f"record:  # none yet\n  - {NEW}\n" + HEAD),
    "brackets with a remark inside": (HEAD + "record: [  # none\n  ]\n", HEAD + f"record: [{NEW}  # none\n  ]\n"),
    "one line an entry": (HEAD + "record:\n  - {a: b}\n", HEAD + f"record:\n  - {{a: b}}\n  - {NEW}\n"),
    "no newline at the end": (HEAD + "record:\n  - {a: b}", HEAD + f"record:\n  - {{a: b}}\n  - {NEW}\n"),
    "dashes without indentation": ("record:\n- {a: b}  # x\n" + HEAD, f"record:\n- {{a: b}}  # x\n- {NEW}\n" + HEAD),
    "wide indentation": (HEAD + "record:\n      -   {a: b}\n", HEAD + f"record:\n      -   {{a: b}}\n      - {NEW}\n"),
    "an entry of several lines": (
        "record:\n  - on: 2026-02-01\n    why: a\n      long story # fax\n\n\n# Choices\n" + HEAD,
        f"record:\n  - on: 2026-02-01\n    why: a\n      long story # fax\n  - {NEW}\n\n\n# Choices\n" + HEAD,
    ),
    "a folded text at the end": (
        "record:\n  - on: x\n    why: >-\n      # ill\n      again\n\n" + HEAD,
        f"record:\n  - on: x\n    why: >-\n      # ill\n      again\n  - {NEW}\n\n" + HEAD,
    ),
    "braces over several lines": (
        HEAD + "record:\n  - {a: b,\n     c: d\n    }  # x\n",
        HEAD + f"record:\n  - {{a: b,\n     c: d\n    }}  # x\n  - {NEW}\n",
    ),
    "a remark that belongs to the last entry": (
        "record:\n  - {a: b}\n  # by fax\n    # of 3 May\n# Choices\n" + HEAD,
        f"record:\n  - {{a: b}}\n  # by fax\n    # of 3 May\n  - {NEW}\n# Choices\n" + HEAD,
    ),
    "an entry that ends with an empty value": ("record:\n  - a: b\n    c:\n" + HEAD, f"record:\n  - a: b\n    c:\n  - {NEW}\n" + HEAD),
    "a list inside the last entry": (
        "record:\n- a:\n  - b\n  - c\n" + HEAD,
        f"record:\n- a:\n  - b\n  - c\n- {NEW}\n" + HEAD,
    ),
    "a list in brackets on one line": (HEAD + "record: [{a: b}, {c: d}] # x\n", HEAD + f"record: [{{a: b}}, {{c: d}}, {NEW}] # x\n"),
    "a list in brackets over several lines": (
        HEAD + "record: [\n  {a: b},  # one\n  {c: d}  # two\n]\n",
        HEAD + f"record: [\n  {{a: b}},  # one\n  {{c: d}},  # two\n  {NEW}\n]\n",
    ),
    "a comma after the last part": (HEAD + "record: [\n  {a: b},  # x\n]", HEAD + f"record: [\n  {{a: b}},  # x\n  {NEW},\n]"),
    "a comma on the line after": (HEAD + "record: [\n  {a: b}\n  ,\n]\n", HEAD + f"record: [\n  {{a: b}},\n  {NEW}\n  ,\n]\n"),
    "brackets that close behind the last part": (HEAD + "record: [\n  {a: b} ]\n", HEAD + f"record: [\n  {{a: b}}, {NEW} ]\n"),
    "everything in braces": ("{participant: x, record: [{a: b}]}\n", f"{{participant: x, record: [{{a: b}}, {NEW}]}}\n"),
    "everything in braces, empty": ("{participant: x, record: [ ]}\n", f"{{participant: x, record: [{NEW} ]}}\n"),
    "another key of that name deeper": ("notes:\n  record: [x]\n" + HEAD, "notes:\n  record: [x]\n" + HEAD + f"record:\n  - {NEW}\n"),
    "an indented file": ("  a: b\n  record:\n  - {c: d}\n", f"  a: b\n  record:\n  - {{c: d}}\n  - {NEW}\n"),
    "a quoted key": ('"record":\n  - {a: b}\n' + HEAD, f'"record":\n  - {{a: b}}\n  - {NEW}\n' + HEAD),
    "letters beyond the basic plane": ("record: [{a: 😀é}]\n" + HEAD, f"record: [{{a: 😀é}}, {NEW}]\n" + HEAD),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_an_entry_is_added_at_the_end_and_nothing_else_is_touched(name: str) -> None:
    text, wanted = LAYOUTS[name]
    assert appended(text) == wanted
    assert appended(text.replace("\n", "\r\n")) == wanted.replace("\n", "\r\n")
    assert appended("\ufeff" + text) == "\ufeff" + wanted


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_place_of_the_new_entry_is_where_it_stands(name: str) -> None:
    for text in (LAYOUTS[name][0], "\ufeff" + LAYOUTS[name][0]):
        done = append_entry("p.yaml", text.encode(), NEW)
        line = done.document.lines[done.line - 1]
        assert line[done.column - 1 :].startswith(NEW)
        last = entries_of(done.document)[-1]
        assert (last.line, last.column) == (done.line, done.column)


REFUSED = {
    "a text": HEAD + "record: none\n",
    "a mapping": HEAD + "record: {a: b}\n",
    "a null with a name": HEAD + "record: ~\n",
    "an empty text in quotes": HEAD + 'record: ""\n',
    "no record in braces": "{participant: x}\n",
    "an end of the document": HEAD + "...\n",
    "a key on a line of its own": HEAD + "? record\n",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_could_not_be_kept_is_refused_with_the_layout_that_can(name: str) -> None:
    with pytest.raises(Refused) as refused:
        append_entry("p.yaml", REFUSED[name].encode(), NEW)
    (one,) = refused.value.diagnostics
    assert one.name == "record-layout"
    assert one.place is not None


def test_a_file_that_is_no_yaml_and_an_entry_that_is_none_are_refused() -> None:
    for text, entry in (("a: [", NEW), ("- a\n", NEW), ("a: &x b\n", NEW), (HEAD, "{a: b"), (HEAD, "{a: b}\nrecord: x"), (HEAD, "")):
        with pytest.raises(Refused):
            append_entry("p.yaml", text.encode(), entry)


def test_many_entries_one_after_another_keep_their_order() -> None:
    data = HEAD.encode()
    for number in range(1, 30):
        data = append_entry("p.yaml", data, f"{{n: {number}}}").data
    assert [plain(one) for one in entries_of(read_document("p.yaml", data))] == [{"n": str(number)} for number in range(1, 30)]


# -- the law, over layouts put together at random

remarks = st.sampled_from(["", "  # a note", " # - {not: an entry}", "   "])
between = st.lists(st.sampled_from(["", "# note", "  # note", "      # deep", "   "]), max_size=2)
scalars = st.sampled_from(["b", '"b, c # d"', "'it''s'", "2026-01-05", "a b", '"[x]"', "é😀"])
flows = st.builds("{{a: {}, n: [x, {}]}}".format, scalars, scalars)


@st.composite
def blocks(draw: st.DrawFn) -> str:
    """A record as a block list in some indentation, its entries in some layout, with remarks in and after it."""
    indent = " " * draw(st.integers(0, 4))
    lines = ["record:" + draw(remarks), *draw(between)]
    for _ in range(draw(st.integers(1, 3))):
        deep = indent + " " * 2
        match draw(st.integers(0, 3)):
            case 0:
                lines.append(f"{indent}- {draw(flows)}{draw(remarks)}")
            case 1:
                lines += [f"{indent}- a: {draw(scalars)}{draw(remarks)}", *draw(between), f"{deep}why: {draw(scalars)}{draw(remarks)}"]
            case 2:
                lines += [f"{indent}- {{a: {draw(scalars)},{draw(remarks)}", f"{deep}b: c", f"{deep}}}{draw(remarks)}"]
            case _:
                lines += [f"{indent}-", f"{deep}why: >-", f"{deep}  several", f"{deep}  lines"]
        lines += draw(between)
    return "\n".join(lines) + "\n"


@st.composite
def brackets(draw: st.DrawFn) -> str:
    """A record in brackets, on one line or several."""
    newline = draw(st.sampled_from(["", "\n  ", " # x\n    ", "\n\n   "]))
    comma = draw(st.sampled_from(["", ",", ", # last"]))
    parts = f", {newline}".join(draw(st.lists(flows, max_size=3)))
    return f"record: [{newline}{parts}{comma if parts else ''}\n  ]{draw(remarks)}\n"


@settings(derandomize=True, deadline=None, max_examples=400)
@given(
    record=st.one_of(blocks(), brackets(), st.sampled_from(["record:\n", "record: []  # none\n", ""])),
    before=st.sampled_from(["", HEAD, "# begun by JD\n\n" + HEAD]),
    after=st.sampled_from(["", "\n# more\n", "timezone: UTC\n", "\n\nmeasures:\n  weight: 70 kg\n"]),
    ends=st.sampled_from(["\n", "\r\n"]),
    cut=st.booleans(),
)
def test_whatever_the_layout_the_file_reads_as_before_and_one_entry_more(
    record: str, before: str, after: str, ends: str, cut: bool
) -> None:
    text = (before or "participant: x\n") + record + after
    data = (text.rstrip("\n") if cut else text).replace("\n", ends).encode()
    was = plain(read_document("p.yaml", data).root)
    done = append_entry("p.yaml", data, NEW)
    assert isinstance(was, dict)
    assert plain(done.document.root) == {**was, "record": (*(was.get("record") or ()), READ)}
    kept = data.replace(b" []", b"") if b"record: []" in data else data
    rest = iter(done.data)
    assert all(byte in rest for byte in kept)  # every byte that was there, in its order
    assert len(done.data) - len(kept) <= len(NEW) + len("  record:\r\n      - \r\n,")
    assert done.data.count(b"\r") == (done.data.count(b"\n") if ends == "\r\n" and b"\n" in data else 0)
