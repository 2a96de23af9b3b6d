"""Log lines: one event stays one line, whatever a client sent."""

from __future__ import annotations

import json
import logging

import pytest

from gate.cli.logs import JsonLines, PlainLines, set_up_logs

NASTY = [
    "line\nCRITICAL gate: forged",
    "\x1b[2J\x1b[1;1Hcleared",
    '", "level": "critical", "x": "',
    "\u2028next\u0085",
    "\r overwritten",
    "\u202egnp.exe",
]


def record(message: str, *, failed: bool = False) -> logging.LogRecord:
    error = ValueError(message)
    trouble = (ValueError, error, None) if failed else None
    return logging.LogRecord("gate.x", logging.WARNING, "f.py", 1, "said %s", (message,), trouble)


@pytest.mark.parametrize("text", NASTY, ids=repr)
def test_t83_a_program_reads_one_json_line_an_event(text: str) -> None:
    line = JsonLines("worker 1").format(record(text, failed=True))
    assert line.isascii()
    assert line.isprintable()
    found = json.loads(line)
    assert found["message"] == f"said {text}"
    assert found["exception"].endswith(f"ValueError: {text}")
    assert (found["level"], found["process"], found["logger"]) == ("warning", "worker 1", "gate.x")
    assert found["time"].endswith("+00:00")


@pytest.mark.parametrize("text", NASTY, ids=repr)
def test_t83_a_person_reads_one_line_an_event(text: str) -> None:
    line = PlainLines("gate").format(record(text))
    assert line.isprintable()
    assert " WARNING gate: said " in line


@pytest.mark.parametrize("text", NASTY, ids=repr)
def test_t83_a_trace_moves_no_cursor(text: str) -> None:
    lines = PlainLines("gate").format(record(text, failed=True)).split("\n")
    assert len(lines) > 1
    assert all(line.isprintable() for line in lines)


def test_a_log_that_is_no_terminal_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    try:
        set_up_logs("warning", "gate")
        logging.getLogger("gate.y").warning("heard")
        logging.getLogger("gate.y").info("not heard")
    finally:
        root.handlers[:] = before[0]
        root.setLevel(before[1])
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["message"] == "heard"
