"""The front office: home, downloads, live movements, connection test, static files."""

import csv
import io
import mimetypes
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Final

from gate.demo_site import history
from gate.demo_site.html import fill_file, repeat
from gate.demo_site.layout import page, problem
from gate.demo_site.messages import Reply, Request, redirect, reply_with
from gate.demo_site.pages.orders import order_rows

STATIC: Final = Path(__file__).parent.parent / "static"
NEWEST: Final = 4  # orders on the first page
CSV: Final = "text/csv; charset=utf-8"


def home(request: Request) -> Reply:
    """Show the notice board and the newest orders."""
    company = request.company
    newest = list(reversed(company.orders.values()))[:NEWEST]
    body = fill_file(
        "home",
        parts=len(company.parts),
        low=sum(part.is_low for part in company.parts.values()),
        open=sum(order.status == "Open" for order in company.orders.values()),
        rows=order_rows(newest, company.parts),
    )
    return page(request, "Home", body)


def old_address(request: Request) -> Reply:
    """Send old bookmarks on with an absolute address, as the old server did."""
    scheme = "https" if request.header("X-Forwarded-Proto") == "https" else "http"
    location = f"{scheme}://{request.header('Host')}/stock"
    return redirect(location, HTTPStatus.MOVED_PERMANENTLY)


def without_slash(request: Request) -> Reply:
    """Send a list with a slash behind to its address without, by a relative address."""
    name = request.path.strip("/")
    return redirect(f"../{name}", HTTPStatus.FOUND)


def downloads(request: Request) -> Reply:
    """List the files."""
    return page(request, "Downloads", fill_file("downloads"))


def stock_csv(request: Request) -> Reply:
    """Send the stock list as a table."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(["number", "description", "bin", "level"])
    rows.writerows(
        [p.number, p.description, p.bin, p.level] for p in request.company.parts.values()
    )
    named = (("Content-Disposition", 'attachment; filename="stock.csv"'),)
    return reply_with(text.getvalue(), content_type=CSV, headers=named)


def movements_csv(request: Request) -> Reply:
    """Send the long file, or the range of it that is asked for."""
    if request.header("If-None-Match") == history.ETAG:
        return Reply(status=HTTPStatus.NOT_MODIFIED, headers=(("ETag", history.ETAG),))
    current = request.header("If-Range") in {"", history.ETAG}
    span = history.span_of(request.header("Range")) if current else history.WHOLE
    if span is None:
        refused = problem(
            request, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "The file ends before that."
        )
        return replace(refused, headers=(("Content-Range", f"bytes */{history.SIZE}"),))
    whole = Reply(
        content_type=CSV,
        headers=(
            ("Accept-Ranges", "bytes"),
            ("ETag", history.ETAG),
            ("Content-Disposition", 'attachment; filename="movements.csv"'),
        ),
        body=history.content(span),
        length=span.stop - span.first,
    )
    return whole if span == history.WHOLE else _partial(whole, span)


def live(request: Request) -> Reply:
    """Show the page that listens to movements and counter messages."""
    return page(request, "Live movements", fill_file("live"))


def connection_test(request: Request) -> Reply:
    """Show what the server received."""
    rows = [
        {"stripe": "odd" if at % 2 else "even", "name": name, "value": value}
        for at, (name, value) in enumerate(request.headers)
    ]
    template = '<tr class="$stripe"><td><b>$name</b></td><td class="code">$value</td></tr>\n'
    body = fill_file(
        "headers",
        method=request.method,
        target=request.target,
        peer=request.peer,
        rows=repeat(template, rows),
    )
    return page(request, "Connection test", body)


def static_file(request: Request) -> Reply:
    """Send a file of the folder `static`, which has no folders in it."""
    return _static(request, request.path.removeprefix("/static/"))


def favicon(request: Request) -> Reply:
    """Send the little picture that browsers ask for by themselves."""
    return _static(request, "favicon.png")


def _static(request: Request, name: str) -> Reply:
    content = _static_files().get(name)
    if content is None:
        return problem(request, HTTPStatus.NOT_FOUND, "There is no such file.")
    etag = f'"{sha256(content).hexdigest()[:16]}"'
    headers = (("ETag", etag), ("Cache-Control", "public, max-age=300"))
    if request.header("If-None-Match") == etag:
        return Reply(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return reply_with(content, content_type=kind, headers=headers)


@lru_cache
def _static_files() -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in STATIC.iterdir() if file.is_file()}


def _partial(whole: Reply, span: history.Span) -> Reply:
    where = f"bytes {span.first}-{span.stop - 1}/{history.SIZE}"
    headers = (*whole.headers, ("Content-Range", where))
    return replace(whole, status=HTTPStatus.PARTIAL_CONTENT, headers=headers)
