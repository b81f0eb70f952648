"""A length of time -> words in the reader's language: "2 hours 30 minutes"."""

from datetime import timedelta

from dosecal.languages import Say, english


def length_in_words(length: timedelta, say: Say = english) -> str:
    """A length, not negative, to the second: "4 hours", "2 hours 30 minutes", "1 minute 30 seconds", "0 minutes"."""
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = (
        (hours, say("{count} hour", "{count} hours", hours)),
        (minutes, say("{count} minute", "{count} minutes", minutes)),
        (seconds, say("{count} second", "{count} seconds", seconds)),
    )
    # Elsewhere a comma may part decimals: "1,000" would be one.
    said = [words.format(count=f"{count:,}" if say is english else count) for count, words in parts if count]
    return " ".join(said) or parts[1][1].format(count=0)
