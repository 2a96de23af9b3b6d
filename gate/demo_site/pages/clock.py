"""The clock on the wall of the trade counter."""

import time


def stamp() -> str:
    """Give the local date and time as people there write it."""
    return time.strftime("%d/%m/%Y %H:%M")


def day() -> str:
    """Give the local date as people there write it."""
    return time.strftime("%d/%m/%Y")


def seconds() -> str:
    """Give the local time to the second."""
    return time.strftime("%H:%M:%S")
