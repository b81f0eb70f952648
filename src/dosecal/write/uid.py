"""Study + participant + an event's key -> the UID of a calendar event. Settled for ever: another recipe duplicates every calendar.

    UID         = person code "-" key code                      (53 ASCII characters: 32 hex digits, a hyphen, 20 hex digits)
    person code = hex(BLAKE2b(digest_size=16, person="dosecal/person/1", message = text(study) who))
    who         = 0x01 text(id)                                 for a participant with an id (the empty id is one)
                | 0x00 text(Day 1 as YYYY-MM-DD)                without an id
    key code    = hex(BLAKE2b(digest_size=10, person="dosecal/key/1", message = UTF-8 of the key))
    text(t)     = the length of t's UTF-8 in octets (4 octets, big endian), then the UTF-8

The task (VTODO) beside an event has the same UID but for person="dosecal/task/1" in its key code. Texts are taken code point by code point,
with no normalisation and no case folding. A code does not tell its text, but whoever guesses study and id, or an item and its day, can
confirm the guess; and the key codes of two participants are alike.

With a study's key K, nobody without K can confirm a guess, nor see that two participants are in one study:

    K           = BLAKE2b(digest_size=64, person="dosecal/study/1", message = what the key file holds, line ends at its end left out)
    person code = as above, with key=K
    key code    = hex(BLAKE2b(digest_size=10, key=K, person="dosecal/key/1", message = person code (16 octets), UTF-8 of the key))
"""

from collections.abc import Callable
from datetime import date
from typing import Final, Literal

from msgspec import Struct

try:
    # hashlib hands out this very function, but loads OpenSSL first: a twentieth of the start of `dosecal ics`.
    from _blake2 import blake2b
except ImportError:  # another Python than CPython
    from hashlib import blake2b

Component = Literal["key", "task"]
"""What a UID is for: the event of a key, or the task beside it."""
_PERSONAL: Final[dict[Component, bytes]] = {"key": b"dosecal/key/1", "task": b"dosecal/task/1"}


class UidKey(Struct, frozen=True):
    """A study's key, as BLAKE2b takes it. It never shows: neither printed nor in a message."""

    octets: bytes

    def __repr__(self) -> str:
        return "UidKey(...)"


def study_key(content: bytes) -> UidKey:
    """The key that a key file holds; an end of line that an editor left there or took away makes no difference."""
    return UidKey(blake2b(content.rstrip(b"\r\n"), digest_size=64, person=b"dosecal/study/1").digest())


def person_code(study: str, participant: str | None, day_1: date, key: UidKey | None = None) -> str:
    """The first part of a participant's UIDs, 32 hex digits: one hash a participant. `day_1` counts only when `participant` is None."""
    who = b"\1" + _text(participant) if participant is not None else b"\0" + _text(day_1.isoformat())
    secret = key.octets if key is not None else b""
    return blake2b(_text(study) + who, digest_size=16, key=secret, person=b"dosecal/person/1").hexdigest()


def key_code(key: str, component: Component = "key") -> str:
    """The second part of a UID made without a study's key, 20 hex digits (80 bits): the same for every participant, so it can be kept."""
    return blake2b(_octets(key), digest_size=10, person=_PERSONAL[component]).hexdigest()


def uid(person: str, key: str) -> str:
    """The UID of the event with this key, of the participant with this person code; without a study's key."""
    return f"{person}-{key_code(key)}"


class Uids:
    """Makes UIDs for one participant after another; without a study's key, the codes of the keys are kept."""

    def __init__(self, secret: UidKey | None = None) -> None:
        self._secret: Final = secret
        self._codes: Final[dict[Component, dict[str, bytes]]] = {"key": {}, "task": {}}

    def of(self, study: str, participant: str | None, day_1: date, component: Component = "key") -> Callable[[str], bytes]:
        """What gives the UID of each key of one participant (as `person_code` takes them), for events or for tasks."""
        code = person_code(study, participant, day_1, self._secret)
        if self._secret is None:
            return self.of_person(code.encode(), component)
        person, whose = code.encode() + b"-", bytes.fromhex(code)
        secret, personal = self._secret.octets, _PERSONAL[component]
        return lambda key: person + blake2b(whose + _octets(key), digest_size=10, key=secret, person=personal).hexdigest().encode()

    def of_person(self, code: bytes, component: Component = "key") -> Callable[[str], bytes]:
        """As `of`, for the person with this code (or what stands for one), without a study's key."""
        person, codes = code + b"-", self._codes[component]

        def kept(key: str) -> bytes:
            found = codes.get(key)
            if found is None:
                found = codes[key] = key_code(key, component).encode()
            return person + found

        return kept


def _text(text: str) -> bytes:
    octets = _octets(text)
    return len(octets).to_bytes(4, "big") + octets


def _octets(text: str) -> bytes:
    # A lone surrogate has no UTF-8; it is hashed as the three octets that it would have.
    return text.encode("utf-8", "surrogatepass")
