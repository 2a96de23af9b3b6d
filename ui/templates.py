"""Templates: everything is escaped, and a name that is not there is an error, not a blank (R32)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gate.core.handoff import PREFIX
from gate.core.secret_text import Secret
from ui import drawings, words
from ui.static import StaticFiles, load_static

FOLDER: Final = Path(__file__).parent / "templates"


@cache
def static_files() -> StaticFiles:
    """Give the static files, read at the first use."""
    return load_static()


@cache
def environment() -> Environment:
    """Give the environment of all pages."""
    found = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.globals |= {"static": static_files().url, "prefix": PREFIX}
    found.filters |= {
        "ago": words.ago,
        "browser": words.browser,
        "curly": words.curly,
        "in_groups": drawings.in_groups,
        "moment": words.moment,
        "qr_code": drawings.qr_code,
        "reveal": Secret.reveal,
    }
    return found


def render(template: str, **values: object) -> str:
    """Give a page's text."""
    return environment().get_template(template).render(values)
