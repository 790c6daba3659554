"""Codes by short message: their bounds."""

from datetime import timedelta

DIGITS = 6
GOOD_FOR = timedelta(minutes=5)
MOST_TRIES = 5  # of one code
