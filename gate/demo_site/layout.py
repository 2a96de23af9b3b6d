"""The frame that every page stands in."""

from dataclasses import replace
from http import HTTPStatus
from typing import Final

from gate.demo_site.html import Html, fill, fill_file, repeat
from gate.demo_site.messages import Headers, Reply, Request, reply_with

MENU: Final = (
    ("/", "Home"),
    ("/stock", "Stock list"),
    ("/pad", "Order pad"),
    ("/orders", "Orders"),
    ("/live", "Live movements"),
    ("/downloads", "Downloads"),
    ("/admin", "Office admin"),
    ("/headers", "Connection test"),
)
PRIVATE: Final[Headers] = (("Cache-Control", "private, no-cache"),)


def page(request: Request, title: str, body: Html) -> Reply:
    """Give a whole page."""
    text = fill_file(
        "layout",
        title=title,
        body=body,
        menu=_menu(request.path),
        who=_who(request),
        pad=len(request.session.pad),
        notice=_notice(request.session.take_notice()),
    )
    return reply_with(text, headers=PRIVATE)


def problem(request: Request, status: HTTPStatus, words: str) -> Reply:
    """Give a page that says what went wrong."""
    body = fill_file("problem", status=status.value, phrase=status.phrase, words=words)
    return replace(page(request, status.phrase, body), status=status)


def _menu(path: str) -> Html:
    rows = [
        {"address": address, "name": name, "mark": " here" if _is_here(address, path) else ""}
        for address, name in MENU
    ]
    return repeat('<li><a class="item$mark" href="$address">$name</a></li>\n', rows)


def _is_here(address: str, path: str) -> bool:
    return path == address or (address != "/" and path.startswith(address + "/"))


def _who(request: Request) -> Html:
    if not request.user:
        return Html("Not signed in")
    groups = request.header("Remote-Groups").replace(",", ", ")
    signed_in = fill("Signed in as: <b>$user</b>", user=request.user)
    return Html(signed_in + (fill(" ($groups)", groups=groups) if groups else ""))


def _notice(words: str) -> Html:
    return fill('<p class="notice">$words</p>', words=words) if words else Html("")
