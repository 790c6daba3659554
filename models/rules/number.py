"""Numbers for people: of tickets, orders, bills, payments. They are read out on the phone."""

from datetime import date

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 1 I L O
DIGITS = 5


def number(day: date, chance: int) -> str:
    """The day and five characters (28 million a day) made of the low bits of `chance`: 261122-7KQ2M."""
    rest, text = chance & (1 << 40) - 1, ""
    for _ in range(DIGITS):
        rest, digit = divmod(rest, len(ALPHABET))
        text += ALPHABET[digit]
    return f"{day:%y%m%d}-{text}"
