"""Kinds of numbers on the trainer's command line: argparse's `type=`, with what is wrong in words."""

from __future__ import annotations

import argparse
import math


def positive_number(text: str) -> float:
    """A number above 0, so that no "nan" or "-5" is found out about hours later."""
    number = _number(text)
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text} must be a number above 0")
    return number


def number_from_0(text: str) -> float:
    """A number that is not negative."""
    number = _number(text)
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"{text} must be 0 or more")
    return number


def positive_count(text: str) -> int:
    """A whole number from 1 on."""
    try:
        count = int(text)
    except ValueError:
        count = 0
    if count < 1:
        raise argparse.ArgumentTypeError(f"{text} must be a whole number, 1 or more")
    return count


def share(text: str) -> float:
    """A number between 0 and 1."""
    number = _number(text)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text} must be a number between 0 and 1")
    return number


def port(text: str) -> int:
    """A TCP port, 0 for a free one."""
    if not (text.isascii() and text.isdecimal() and int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"{text} must be a whole number from 0 to 65535")
    return int(text)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a number") from None
