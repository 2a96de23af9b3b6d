"""The shelf: list, search, one part, its notes."""

from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from gate.demo_site.html import Html, fill, fill_file, repeat
from gate.demo_site.layout import page, problem
from gate.demo_site.messages import Reply, Request, redirect
from gate.demo_site.pages.clock import stamp
from gate.demo_site.stock import MAX_QUANTITY, Note, Part, pounds

PER_PAGE: Final = 12
MAX_NOTE: Final = 400  # characters

ROW: Final = """<tr class="$stripe"><td><a href="/stock/$number">$number</a></td>
<td>$description</td><td>$category</td><td>$bin</td><td class="n $low">$level</td>
<td class="n">$price</td></tr>
"""


def stock_list(request: Request) -> Reply:
    """List the parts that fit the search and the category, a page at a time."""
    wanted, category = request.query.get("q", "").strip(), request.query.get("category", "")
    parts = [part for part in request.company.parts.values() if _fits(part, wanted, category)]
    pages = max(1, -(-len(parts) // PER_PAGE))
    at = min(whole(request.query.get("page", ""), 1, pages) or 1, pages)
    body = fill_file(
        "stock",
        q=wanted,
        categories=_categories(request, category),
        count=len(parts),
        rows=repeat(ROW, map(_row, enumerate(parts[(at - 1) * PER_PAGE : at * PER_PAGE]))),
        pages=_page_links(at, pages, {"q": wanted, "category": category}),
    )
    return page(request, "Stock list", body)


def one_part(request: Request) -> Reply:
    """Show a part with its notes and the two forms."""
    part = _part(request)
    if part is None:
        return problem(request, HTTPStatus.NOT_FOUND, "There is no such part number.")
    body = fill_file(
        "part",
        **_row((0, part)),
        supplier=part.supplier,
        reorder=part.reorder,
        state="below reorder level" if part.is_low else "in stock",
        notes=_notes(part),
        most=MAX_QUANTITY,
        max_note=MAX_NOTE,
    )
    return page(request, f"{part.number} {part.description}", body)


def add_note(request: Request) -> Reply:
    """Write a note on a part."""
    part = _part(request)
    text = request.form.get("note", "").strip()[:MAX_NOTE]
    if part is None:
        return problem(request, HTTPStatus.NOT_FOUND, "There is no such part number.")
    if text:
        note = Note(at=stamp(), by=request.signature, text=text)
        request.company.add_note(part.number, note)
        request.session.notice = "Your note was added."
    return redirect(f"../{part.number}")


def whole(text: str, least: int, most: int) -> int | None:
    """Give a number that somebody typed, when it is one between the two."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most))):
        return None
    return int(text) if least <= int(text) <= most else None


def _part(request: Request) -> Part | None:
    return request.company.parts.get(request.path.split("/")[2])


def _fits(part: Part, wanted: str, category: str) -> bool:
    text = f"{part.number} {part.description} {part.bin} {part.supplier}".lower()
    return all(word in text for word in wanted.lower().split()) and category in {"", part.category}


def _row(numbered: tuple[int, Part]) -> dict[str, object]:
    at, part = numbered
    return {
        "stripe": "odd" if at % 2 else "even",
        "number": part.number,
        "description": part.description,
        "category": part.category,
        "bin": part.bin,
        "level": part.level,
        "low": "low" if part.is_low else "",
        "price": pounds(part.pence),
    }


def _categories(request: Request, chosen: str) -> Html:
    names = sorted({part.category for part in request.company.parts.values()})
    rows = [{"name": n, "mark": Html(" selected") if n == chosen else ""} for n in names]
    return repeat('<option value="$name"$mark>$name</option>', rows)


def _page_links(at: int, pages: int, query: dict[str, str]) -> Html:
    links = [
        fill("<b>$n</b>", n=n)
        if n == at
        else fill('<a href="?$query">$n</a>', n=n, query=urlencode({**query, "page": n}))
        for n in range(1, pages + 1)
    ]
    return Html(" | ".join(links))


def _notes(part: Part) -> Html:
    if not part.notes:
        return Html('<p class="small">No notes yet.</p>')
    rows = [{"at": note.at, "by": note.by, "text": note.text} for note in reversed(part.notes)]
    return repeat('<p class="note"><b>$by</b>, $at<br>$text</p>\n', rows)
