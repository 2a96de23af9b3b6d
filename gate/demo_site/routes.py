"""Which page answers which address."""

import re
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Final

from gate.demo_site.layout import problem
from gate.demo_site.messages import Reply, Request
from gate.demo_site.pages import admin, office, orders, stock

Page = Callable[[Request], Reply]

ROUTES: Final[tuple[tuple[str, str, Page], ...]] = (
    ("GET", r"/", office.home),
    ("GET", r"/(stock|orders|downloads|admin)/", office.without_slash),
    ("GET", r"/(index\.asp|intranet)", office.old_address),
    ("GET", r"/stock", stock.stock_list),
    ("GET", r"/stock/[^/]+", stock.one_part),
    ("POST", r"/stock/[^/]+/notes", stock.add_note),
    ("GET", r"/pad", orders.order_pad),
    ("POST", r"/pad", orders.put_on_pad),
    ("GET", r"/orders", orders.order_list),
    ("POST", r"/orders", orders.place_order),
    ("GET", r"/orders/[^/]+", orders.one_order),
    ("POST", r"/orders/[^/]+/despatch", orders.despatch),
    ("GET", r"/live", office.live),
    ("GET", r"/downloads", office.downloads),
    ("GET", r"/downloads/stock\.csv", office.stock_csv),
    ("GET", r"/downloads/movements\.csv", office.movements_csv),
    ("GET", r"/admin", admin.office),
    ("POST", r"/admin/users/[^/]+", admin.switch_user),
    ("POST", r"/admin/purge", admin.purge),
    ("POST", r"/admin/restore", admin.restore),
    ("GET", r"/headers", office.connection_test),
    ("GET", r"/static/[^/]+", office.static_file),
    ("GET", r"/favicon\.ico", office.favicon),
)


def respond(request: Request) -> Reply:
    """Give the answer of the page that the address belongs to."""
    here = [(method, page) for method, at, page in ROUTES if re.fullmatch(at, request.path)]
    if not here:
        return problem(request, HTTPStatus.NOT_FOUND, "This page has been moved or never was.")
    wanted = "GET" if request.method == "HEAD" else request.method
    for method, page in here:
        if method == wanted:
            return page(request)
    refused = problem(request, HTTPStatus.METHOD_NOT_ALLOWED, "This page does not do that.")
    allowed = ", ".join(method for method, _ in here)
    return replace(refused, headers=(*refused.headers, ("Allow", allowed)))
