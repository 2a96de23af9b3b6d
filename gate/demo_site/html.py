"""Pages as text: every value is escaped unless it is `Html` already.

Templates are files with `$name` placeholders, and stand in double quotes within attributes.
"""

import html
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from string import Template
from typing import Final, final

TEMPLATES: Final = Path(__file__).parent / "templates"


@final
class Html(str):
    """Text that may stand in a page as it is."""

    __slots__ = ()


def escape(value: object) -> Html:
    """Give any value as text that may stand in a page or in a quoted attribute."""
    return value if isinstance(value, Html) else Html(html.escape(str(value), quote=True))


def fill(template: str, /, **values: object) -> Html:
    """Put escaped values into a template; each placeholder needs a value."""
    return Html(Template(template).substitute({name: escape(values[name]) for name in values}))


def fill_file(name: str, /, **values: object) -> Html:
    """Put escaped values into a template file."""
    return fill(_template(name), **values)


def repeat(template: str, rows: Iterable[Mapping[str, object]]) -> Html:
    """Fill a template once a row and join the results."""
    return Html("".join(fill(template, **row) for row in rows))


@lru_cache
def _template(name: str) -> str:
    return (TEMPLATES / f"{name}.html").read_text("utf-8")
