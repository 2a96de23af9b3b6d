"""The counter: the order pad, the list of orders, one order."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from gate.demo_site.html import Html, fill_file, repeat
from gate.demo_site.layout import page, problem
from gate.demo_site.messages import Reply, Request, redirect
from gate.demo_site.pages.clock import day
from gate.demo_site.pages.stock import whole
from gate.demo_site.stock import MAX_QUANTITY, Order, Part, pounds, total

MAX_FIELD: Final = 60  # characters of a customer or a reference

PAD_ROW: Final = """<tr class="$stripe"><td><a href="/stock/$number">$number</a></td>
<td>$description</td><td class="n">$pieces</td><td class="n">$price</td><td class="n">$value</td>
<td><form method="post" action="/pad"><input type="hidden" name="part" value="$number">
<input type="hidden" name="pieces" value="0"><input type="submit" value="Remove"></form></td></tr>
"""
LINE_ROW: Final = """<tr class="$stripe"><td><a href="/stock/$number">$number</a></td>
<td>$description</td><td class="n">$pieces</td><td class="n">$price</td><td class="n">$value</td>
</tr>
"""
ORDER_ROW: Final = """<tr class="$stripe"><td><a href="/orders/$number">$number</a></td>
<td>$date</td><td>$customer</td><td>$reference</td><td>$taken_by</td>
<td class="$status">$status</td><td class="n">$value</td></tr>
"""


def order_pad(request: Request) -> Reply:
    """Show what this browser has put on its pad."""
    pad = dict(request.session.pad)
    if not pad:
        return page(request, "Order pad", fill_file("pad_empty"))
    parts = request.company.parts
    body = fill_file(
        "pad",
        rows=repeat(PAD_ROW, _line_rows(pad, parts)),
        total=pounds(total(pad, parts)),
        most=MAX_FIELD,
    )
    return page(request, "Order pad", body)


def put_on_pad(request: Request) -> Reply:
    """Put pieces of a part on the pad; none removes it."""
    number = request.form.get("part", "")
    pieces = whole(request.form.get("pieces", ""), 0, MAX_QUANTITY)
    if number not in request.company.parts or pieces is None:
        return problem(request, HTTPStatus.BAD_REQUEST, "That is not a part and a quantity.")
    kept = request.session.put_on_pad(number, pieces)
    request.session.notice = "The order pad was changed." if kept else "The order pad is full."
    return redirect("pad")


def place_order(request: Request) -> Reply:
    """Turn the pad into an order."""
    customer = request.form.get("customer", "").strip()[:MAX_FIELD]
    pad = dict(request.session.pad)
    if not (pad and customer):
        return problem(request, HTTPStatus.BAD_REQUEST, "An order needs parts and a customer.")
    placed = request.company.place_order(
        lambda number: Order(
            number=number,
            date=day(),
            customer=customer,
            reference=request.form.get("reference", "").strip()[:MAX_FIELD],
            taken_by=request.signature,
            status="Open",
            lines=pad,
        )
    )
    request.session.pad.clear()
    request.session.notice = f"Order {placed.number} was placed."
    return redirect(f"/orders/{placed.number}")


def order_list(request: Request) -> Reply:
    """List the orders, the newest first."""
    orders = reversed(request.company.orders.values())
    rows = order_rows(list(orders), request.company.parts)
    return page(request, "Orders", fill_file("orders", rows=rows))


def one_order(request: Request) -> Reply:
    """Show an order with its lines."""
    order = _order(request)
    if order is None:
        return problem(request, HTTPStatus.NOT_FOUND, "There is no such order.")
    parts = request.company.parts
    body = fill_file(
        "order",
        **_order_row(0, order, parts),
        rows=repeat(LINE_ROW, _line_rows(order.lines, parts)),
        button=Html("disabled") if order.status == "Despatched" else "",
    )
    return page(request, f"Order {order.number}", body)


def despatch(request: Request) -> Reply:
    """Mark an order as sent."""
    order = _order(request)
    if order is None:
        return problem(request, HTTPStatus.NOT_FOUND, "There is no such order.")
    request.company.despatch(order.number)
    request.session.notice = f"Order {order.number} was marked as despatched."
    return redirect(f"../{order.number}")


def order_rows(orders: list[Order], parts: Mapping[str, Part]) -> Html:
    """Give the rows of a list of orders."""
    return repeat(ORDER_ROW, (_order_row(at, order, parts) for at, order in enumerate(orders)))


def _order(request: Request) -> Order | None:
    number = whole(request.path.split("/")[2], 0, 999_999)
    return None if number is None else request.company.orders.get(number)


def _order_row(at: int, order: Order, parts: Mapping[str, Part]) -> dict[str, object]:
    return {
        "stripe": "odd" if at % 2 else "even",
        "number": order.number,
        "date": order.date,
        "customer": order.customer,
        "reference": order.reference,
        "taken_by": order.taken_by,
        "status": order.status,
        "value": pounds(total(order.lines, parts)),
    }


def _line_rows(lines: Mapping[str, int], parts: Mapping[str, Part]) -> list[dict[str, object]]:
    return [
        {
            "stripe": "odd" if at % 2 else "even",
            "number": number,
            "description": parts[number].description,
            "pieces": pieces,
            "price": pounds(parts[number].pence),
            "value": pounds(parts[number].pence * pieces),
        }
        for at, (number, pieces) in enumerate(lines.items())
    ]
