"""YAML text -> nodes: every scalar stays text, stands where the eye sees it, and whatever YAML could guess is refused."""

import pytest

from dosecal.diagnostic import Place, Refused
from dosecal.read.nodes import MAX_BYTES, MAX_DEPTH, MAX_FAULTS, MAX_NODES, Document, Mapping, Node, Scalar, Sequence, read_document


def read(text: str | bytes) -> Document:
    return read_document("x.yaml", text if isinstance(text, bytes) else text.encode())


def value(document: Document, *keys: str) -> Node:
    node: Node = document.root
    for key in keys:
        assert isinstance(node, Mapping)
        inner = node.get(key)
        assert inner is not None
        node = inner
    return node


def faults(text: str | bytes) -> list[tuple[str, int, int]]:
    """Name, line and column of everything that is refused."""
    with pytest.raises(Refused) as refused:
        read(text)
    places = [one.place or Place("") for one in refused.value.diagnostics]
    return [(one.name, place.line, place.column) for one, place in zip(refused.value.diagnostics, places, strict=True)]


@pytest.mark.parametrize("text", ["no", "yes", "null", "~", "12:30", "010", "0x1F", "1e3", "2025-02-30", ".inf", "1_000", "=", "<", "off"])
def test_what_yaml_would_guess_stays_text(text: str) -> None:
    node = value(read(f"key: {text}\n"), "key")
    assert isinstance(node, Scalar)
    assert node.text == text


MARKED = [
    ("key: day 0", "day 0", 1, 6),
    ("key: 'day 0'", "day 0", 1, 7),
    ('key:   "day 0"  # why', "day 0", 1, 9),
    ("Größe 😀: {key: day 0}", "day 0", 1, 16),
    ("a: 1\r\nkey:\r\n  - day 0\r\n", "day 0", 3, 5),
    ("\ufeffkey: day 0", "day 0", 1, 6),
    ("key: [day 1, day 0]", "day 0", 1, 14),
]


@pytest.mark.parametrize(("text", "marked", "line", "column"), MARKED)
def test_a_text_stands_where_the_eye_sees_it(text: str, marked: str, line: int, column: int) -> None:
    document = read(text)
    found = [node for node in scalars(document.root) if node.text == marked]
    assert len(found) == 1
    place = document.place(found[0])
    assert (place.line, place.column, place.length) == (line, column, len(marked))
    assert place.text[place.column - 1 :][: place.length] == marked
    part = document.place(found[0], 4, 5)
    assert part.text[part.column - 1 :][: part.length] == "0"


def scalars(node: Node) -> list[Scalar]:
    if isinstance(node, Scalar):
        return [node]
    inner = node.nodes if isinstance(node, Sequence) else [part for entry in node.entries for part in entry]
    return [one for part in inner for one in scalars(part)]


@pytest.mark.parametrize("text", ['key: "day\\x20 0"', "key: 'it''s day 0'", "key: |\n  day 0\n", "key: day\n  0\n", 'key: ""'])
def test_a_text_that_the_source_shows_in_other_letters_is_marked_as_a_whole(text: str) -> None:
    document = read(text)
    node = value(document, "key")
    assert isinstance(node, Scalar)
    assert not node.exact
    assert document.place(node, 4, 5) == document.place(node)


def test_line_ends_of_windows_change_nothing_but_themselves() -> None:
    text = "study: Example\nlabs:\n  test: {when: day 1}\n"
    assert read(text).root == read(text.replace("\n", "\r\n")).root


@pytest.mark.parametrize("sign", [*"\0\x07\x1b\x7f\x85\u200b\u2028\u2029\u202e\u2066\ufeff\ue000"], ids=ascii)
def test_what_no_eye_can_see_is_refused_wherever_it_stands(sign: str) -> None:
    assert faults(f"key: a{sign}b\n# and {sign} in a comment\n") == [("control-character", 1, 7), ("control-character", 2, 7)]


def test_everything_that_dosecal_does_not_take_from_yaml_is_named_at_once() -> None:
    text = "a: &x 1\nb: *x\nc: !!int 3\na: 4\n<<: {d: 5}\n? [e, f]\n: 6\n---\ng: 7\n"
    assert faults(text) == [
        ("anchor", 1, 4),
        ("alias", 2, 4),
        ("tag", 3, 4),
        ("duplicate-key", 4, 1),
        ("merge-key", 5, 1),
        ("key", 6, 3),
        ("second-document", 8, 1),
    ]


def test_a_file_that_only_begins_with_the_mark_of_a_document_is_one_document() -> None:
    assert value(read("--- # a comment\nkey: 1\n...\n"), "key") == Scalar("1", 2, 6, 1)


def test_depth_size_and_number_are_bounded() -> None:
    assert read("key: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)).root is not None
    assert faults("key: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH)[0][0] == "too-deep"
    assert read(b"key: 1 #" + b"x" * (MAX_BYTES - 8)).root is not None
    assert faults(b"key: 1 #" + b"x" * (MAX_BYTES - 7)) == [("too-large", 0, 0)]
    assert faults("key:\n" + "- a\n" * MAX_NODES)[0][0] == "too-large"


def test_no_more_than_a_hundred_faults_are_listed() -> None:
    assert len(faults("key: 1\n" * 5000)) == MAX_FAULTS
    assert len(faults("# \x07\n" * 5000)) == MAX_FAULTS
