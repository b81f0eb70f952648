"""Study + participant + an event's key -> the UID of a calendar event. Settled for ever: another recipe duplicates every calendar.

    UID         = person code "-" key code                      (53 ASCII characters: 32 hex digits, a hyphen, 20 hex digits)
    person code = hex(BLAKE2b(digest_size=16, person="dosecal/person/1", message = text(study) who))
    who         = 0x01 text(id)                                 for a participant with an id (the empty id is one)
                | 0x00 text(Day 1 as YYYY-MM-DD)                without an id
    key code    = hex(BLAKE2b(digest_size=10, person="dosecal/key/1", message = UTF-8 of the key))
    text(t)     = the length of t's UTF-8 in octets (4 octets, big endian), then the UTF-8

No key and no salt (RFC 7693: key length 0), so a keyed form can come later beside these values. Texts are taken code point by code point,
with no normalisation and no case folding. A code does not tell its text, but whoever guesses study and id can confirm the guess.
"""

from datetime import date

try:
    # hashlib hands out this very function, but loads OpenSSL first: a twentieth of the start of `dosecal ics`.
    from _blake2 import blake2b
except ImportError:  # another Python than CPython
    from hashlib import blake2b


def person_code(study: str, participant: str | None, day_1: date) -> str:
    """The first part of a participant's UIDs, 32 hex digits: one hash a participant. `day_1` counts only when `participant` is None."""
    who = b"\1" + _text(participant) if participant is not None else b"\0" + _text(day_1.isoformat())
    return blake2b(_text(study) + who, digest_size=16, person=b"dosecal/person/1").hexdigest()


def key_code(key: str) -> str:
    """The second part of an event's UID, 20 hex digits (80 bits): the same for every participant, so that it can be kept."""
    return blake2b(_octets(key), digest_size=10, person=b"dosecal/key/1").hexdigest()


def uid(person: str, key: str) -> str:
    """The UID of the event with this key, of the participant with this person code."""
    return f"{person}-{key_code(key)}"


def _text(text: str) -> bytes:
    octets = _octets(text)
    return len(octets).to_bytes(4, "big") + octets


def _octets(text: str) -> bytes:
    # A lone surrogate has no UTF-8; it is hashed as the three octets that it would have.
    return text.encode("utf-8", "surrogatepass")
