"""What the company knows: parts, orders and users, kept in memory under one lock."""

import csv
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

RECORDS: Final = Path(__file__).parent / "records"
MAX_NOTES: Final = 20  # a part; older ones go
MAX_ORDERS: Final = 500  # older ones go
MAX_QUANTITY: Final = 999  # pieces on one order line


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What somebody wrote about a part."""

    at: str
    by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One article on the shelf."""

    number: str
    description: str
    category: str
    bin: str
    level: int
    reorder: int
    pence: int
    supplier: str
    notes: tuple[Note, ...] = ()

    @property
    def is_low(self) -> bool:
        """Say whether it has to be ordered from the supplier."""
        return self.level <= self.reorder


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a customer ordered: pieces by part number."""

    number: int
    date: str
    customer: str
    reference: str
    taken_by: str
    status: str
    lines: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody on the company's own list, which nothing ever checks."""

    name: str
    full_name: str
    department: str
    role: str
    extension: str
    enabled: bool


@dataclass(slots=True, kw_only=True)
class Company:
    """All records; a change replaces a value, so that readers need no lock."""

    parts: dict[str, Part]
    orders: dict[int, Order]
    users: dict[str, User]
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add_note(self, number: str, note: Note) -> None:
        """Put a note on a part."""
        with self._lock:
            part = self.parts[number]
            self.parts[number] = replace(part, notes=(*part.notes, note)[-MAX_NOTES:])

    def place_order(self, order: Callable[[int], Order]) -> Order:
        """Add an order under the next free number."""
        with self._lock:
            placed = order(max(self.orders, default=20_000) + 1)
            kept = [*self.orders.values(), placed][-MAX_ORDERS:]
            self.orders = {one.number: one for one in kept}
            return placed

    def despatch(self, number: int) -> None:
        """Mark an order as sent."""
        with self._lock:
            self.orders[number] = replace(self.orders[number], status="Despatched")

    def purge_despatched(self) -> int:
        """Delete every order that was sent, and give how many there were."""
        with self._lock:
            kept = {n: o for n, o in self.orders.items() if o.status != "Despatched"}
            gone = len(self.orders) - len(kept)
            self.orders = kept
            return gone

    def switch_user(self, name: str) -> None:
        """Disable an enabled user and the other way round."""
        with self._lock:
            self.users[name] = replace(self.users[name], enabled=not self.users[name].enabled)

    def restore(self) -> None:
        """Start again from the records on file."""
        fresh = load_company()
        with self._lock:
            self.parts, self.orders, self.users = fresh.parts, fresh.orders, fresh.users


def load_company() -> Company:
    """Read the records on file."""
    return Company(
        parts={row["number"]: _part(row) for row in _rows("parts.csv")},
        orders={int(row["number"]): _order(row) for row in _rows("orders.csv")},
        users={row["name"]: _user(row) for row in _rows("users.csv")},
    )


def pounds(pence: int) -> str:
    """Write an amount."""
    return f"£{pence // 100:,}.{pence % 100:02}"


def total(order_lines: Mapping[str, int], parts: Mapping[str, Part]) -> int:
    """Give the value of order lines in pence."""
    return sum(parts[number].pence * pieces for number, pieces in order_lines.items())


def _rows(name: str) -> list[dict[str, str]]:
    with (RECORDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _part(row: Mapping[str, str]) -> Part:
    return Part(
        number=row["number"],
        description=row["description"],
        category=row["category"],
        bin=row["bin"],
        level=int(row["level"]),
        reorder=int(row["reorder"]),
        pence=int(row["pence"]),
        supplier=row["supplier"],
    )


def _order(row: Mapping[str, str]) -> Order:
    lines = (line.split(":") for line in row["lines"].split())
    return Order(
        number=int(row["number"]),
        date=row["date"],
        customer=row["customer"],
        reference=row["reference"],
        taken_by=row["taken_by"],
        status=row["status"],
        lines={number: int(pieces) for number, pieces in lines},
    )


def _user(row: Mapping[str, str]) -> User:
    return User(
        name=row["name"],
        full_name=row["full_name"],
        department=row["department"],
        role=row["role"],
        extension=row["extension"],
        enabled=row["enabled"] == "yes",
    )
