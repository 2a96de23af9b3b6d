"""The pages of the old intranet, as a browser meets them."""

import csv
import io

import httpx
import pytest

from gate.demo_site.layout import MENU
from gate.demo_site.wire import DemoServer

HOSTILE = "<script>alert('\"&x')</script>"
ESCAPED = "&lt;script&gt;alert(&#x27;&quot;&amp;x&#x27;)&lt;/script&gt;"


@pytest.mark.parametrize("address", [address for address, _ in MENU])
def test_each_page_of_the_menu_is_there_and_marks_its_place(
    browser: httpx.Client, address: str
) -> None:
    answer = browser.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert f'<a class="item here" href="{address}">' in answer.text
    assert answer.text.count("item here") == 1
    assert "$" not in answer.text


def test_a_page_that_never_was_is_404(browser: httpx.Client) -> None:
    answer = browser.get("/nowhere")
    assert answer.status_code == 404
    assert "404 Not Found" in answer.text


def test_a_page_says_what_it_does_not_do(browser: httpx.Client) -> None:
    assert browser.post("/stock").status_code == 405
    answer = browser.get("/admin/purge")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_head_is_get_without_the_body(browser: httpx.Client) -> None:
    browser.get("/stock")
    head, whole = browser.head("/stock"), browser.get("/stock")
    assert head.content == b""
    assert head.headers["Content-Length"] == str(len(whole.content))


def test_nobody_is_signed_in_without_a_gate(browser: httpx.Client) -> None:
    assert "Not signed in" in browser.get("/").text


def test_it_believes_who_the_gate_says_is_asking(browser: httpx.Client) -> None:
    text = browser.get("/", headers={"Remote-User": "alice", "Remote-Groups": "staff,admins"}).text
    assert "Signed in as: <b>alice</b> (staff, admins)" in text
    assert (
        "Signed in as: <b>bob</b> &nbsp;" in browser.get("/", headers={"Remote-User": "bob"}).text
    )


# ------------------------------------------------------------------ stock


def test_the_stock_list_has_pages(browser: httpx.Client) -> None:
    first, last = browser.get("/stock").text, browser.get("/stock?page=3").text
    assert "33 part numbers" in first
    assert "HP-1004" in first
    assert "HP-1004" not in last
    assert "HP-1520" in last


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "1" * 5000, "\u0661"])
def test_a_page_number_that_is_none_shows_the_first_page(browser: httpx.Client, page: str) -> None:
    assert "HP-1004" in browser.get("/stock", params={"page": page}).text


def test_search_finds_words_in_any_order_and_case(browser: httpx.Client) -> None:
    text = browser.get("/stock", params={"q": "belt TIMING"}).text
    assert "1 part numbers" in text
    assert "HP-1113" in text


def test_a_category_narrows_the_list(browser: httpx.Client) -> None:
    text = browser.get("/stock", params={"category": "Seals"}).text
    assert "5 part numbers" in text
    assert '<option value="Seals" selected>' in text


def test_a_part_has_its_page_and_an_unknown_one_is_404(browser: httpx.Client) -> None:
    assert "9 (below reorder level)" in browser.get("/stock/HP-1113").text
    assert browser.get("/stock/HP-9999").status_code == 404
    assert browser.post("/stock/HP-9999/notes", data={"note": "x"}).status_code == 404


def test_a_note_is_written_by_a_form_and_shown_with_its_author(browser: httpx.Client) -> None:
    sent = browser.post(
        "/stock/HP-1004/notes", data={"note": "Box is torn"}, headers={"Remote-Name": "J%C3%BCrgen"}
    )
    assert (sent.status_code, sent.headers["Location"]) == (303, "../HP-1004")
    text = browser.get("/stock/HP-1004").text
    assert "Your note was added." in text
    assert "<b>Jürgen</b>" in text
    assert "Box is torn" in text
    assert "Your note was added." not in browser.get("/stock/HP-1004").text


def test_an_empty_note_is_not_kept(browser: httpx.Client) -> None:
    assert browser.post("/stock/HP-1004/notes", data={"note": "  "}).status_code == 303
    assert "No notes yet." in browser.get("/stock/HP-1004").text


def test_old_notes_go_when_there_are_many(browser: httpx.Client) -> None:
    for number in range(25):
        browser.post("/stock/HP-1004/notes", data={"note": f"note {number:02}."})
    text = browser.get("/stock/HP-1004").text
    assert "note 04." not in text
    assert "note 05." in text


# ------------------------------------------------------------------ orders


def put_on_pad(browser: httpx.Client, part: str, pieces: str) -> httpx.Response:
    return browser.post("/pad", data={"part": part, "pieces": pieces})


def test_an_order_is_placed_from_the_pad_of_this_browser(browser: httpx.Client) -> None:
    assert put_on_pad(browser, "HP-1113", "3").headers["Location"] == "pad"
    put_on_pad(browser, "HP-1004", "12")
    assert "£162.45" in browser.get("/pad").text
    placed = browser.post("/orders", data={"customer": "Mill & Sons", "reference": "PO 1"})
    assert (placed.status_code, placed.headers["Location"]) == (303, "/orders/20407")
    text = browser.get("/orders/20407").text
    assert "Order 20407 was placed." in text
    assert "Mill &amp; Sons" in text
    assert "£162.45" in text
    assert "The pad is empty" in browser.get("/pad").text
    assert "20407" in browser.get("/orders").text


def test_the_pad_belongs_to_one_browser(browser: httpx.Client) -> None:
    put_on_pad(browser, "HP-1113", "3")
    other = httpx.get(browser.base_url.join("/pad"), trust_env=False)
    assert "The pad is empty" in other.text


def test_no_pieces_take_a_part_off_the_pad(browser: httpx.Client) -> None:
    put_on_pad(browser, "HP-1113", "3")
    put_on_pad(browser, "HP-1113", "0")
    put_on_pad(browser, "HP-1113", "0")
    assert "The pad is empty" in browser.get("/pad").text


def test_a_full_pad_takes_no_more(browser: httpx.Client, site: DemoServer) -> None:
    numbers = list(site.company.parts)[:21]
    for number in numbers:
        put_on_pad(browser, number, "1")
    text = browser.get("/pad").text
    assert "The order pad is full." in text
    assert numbers[-1] not in text
    assert put_on_pad(browser, numbers[0], "2").status_code == 303


@pytest.mark.parametrize(
    ("part", "pieces"),
    [("HP-9999", "1"), ("HP-1004", "-1"), ("HP-1004", "1000"), ("HP-1004", "x"), ("HP-1004", "")],
)
def test_what_is_no_order_line_is_refused(browser: httpx.Client, part: str, pieces: str) -> None:
    assert put_on_pad(browser, part, pieces).status_code == 400


def test_an_order_needs_parts_and_a_customer(browser: httpx.Client) -> None:
    assert browser.post("/orders", data={"customer": "x"}).status_code == 400
    put_on_pad(browser, "HP-1004", "1")
    assert browser.post("/orders", data={"customer": " "}).status_code == 400


def test_an_order_is_despatched_once(browser: httpx.Client) -> None:
    sent = browser.post("/orders/20406/despatch")
    assert (sent.status_code, sent.headers["Location"]) == (303, "../20406")
    text = browser.get("/orders/20406").text
    assert "was marked as despatched" in text
    assert 'value="Mark as despatched" disabled' in text


@pytest.mark.parametrize("number", ["1", "x", "999999999999"])
def test_an_unknown_order_is_404(browser: httpx.Client, number: str) -> None:
    assert browser.get(f"/orders/{number}").status_code == 404
    assert browser.post(f"/orders/{number}/despatch").status_code == 404


# ------------------------------------------------------------------ office


def test_the_danger_button_deletes_and_the_tape_restores(browser: httpx.Client) -> None:
    assert "There are 4 of them" in browser.get("/admin").text
    assert browser.post("/admin/purge").headers["Location"] == "/admin"
    text = browser.get("/admin").text
    assert "4 despatched orders were deleted" in text
    assert "There are 0 of them" in text
    assert browser.get("/orders/20398").status_code == 404
    browser.post("/admin/restore")
    assert browser.get("/orders/20398").status_code == 200


def test_a_user_is_disabled_and_enabled(browser: httpx.Client, site: DemoServer) -> None:
    for state in (False, True):
        browser.post("/admin/users/dpike")
        assert site.company.users["dpike"].enabled is state
    assert browser.post("/admin/users/nobody").status_code == 404


def test_old_bookmarks_are_sent_on_with_an_absolute_address(browser: httpx.Client) -> None:
    answer = browser.get("/index.asp", headers={"Host": "parts.example:81"})
    assert answer.status_code == 301
    assert answer.headers["Location"] == "http://parts.example:81/stock"
    behind = {"Host": "parts.example", "X-Forwarded-Proto": "https"}
    answer = browser.get("/intranet", headers=behind)
    assert answer.headers["Location"] == "https://parts.example/stock"


def test_a_slash_too_many_is_sent_on_with_a_relative_address(browser: httpx.Client) -> None:
    answer = browser.get("/stock/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "../stock")


def test_the_stock_list_is_a_table_to_download(browser: httpx.Client) -> None:
    answer = browser.get("/downloads/stock.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="stock.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 33
    assert rows[0]["number"] == "HP-1004"


def test_the_connection_test_shows_each_header_as_it_came(browser: httpx.Client) -> None:
    twice = [("X-Twice", "one"), ("X-Twice", "two")]
    text = browser.get("/headers?a=1", headers=twice).text
    assert "GET /headers?a=1" in text
    assert '<td><b>X-Twice</b></td><td class="code">one</td>' in text
    assert '<td><b>X-Twice</b></td><td class="code">two</td>' in text


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("/static/style.css", "text/css"),
        ("/static/live.js", "text/javascript"),
        ("/static/logo.svg", "image/svg+xml"),
        ("/static/favicon.png", "image/png"),
        ("/favicon.ico", "image/png"),
    ],
)
def test_static_files_are_sent_with_their_kind_and_kept_by_browsers(
    browser: httpx.Client, name: str, kind: str
) -> None:
    answer = browser.get(name)
    assert answer.headers["Content-Type"] == kind
    assert "Set-Cookie" not in answer.headers
    again = browser.get(name, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path", ["/static/none.css", "/static/..%2f__init__.py", "/static/%2e%2e", "/static/"]
)
def test_nothing_else_is_sent_from_the_disk(browser: httpx.Client, path: str) -> None:
    assert browser.get(path).status_code == 404


# ------------------------------------------------------------------ whatever people type


def test_a_search_is_escaped(browser: httpx.Client) -> None:
    text = browser.get("/stock", params={"q": HOSTILE}).text
    assert ESCAPED in text
    assert HOSTILE not in text


def test_headers_and_target_are_escaped(browser: httpx.Client) -> None:
    names = {"Remote-User": HOSTILE, "Remote-Groups": HOSTILE, "X-Other": HOSTILE}
    text = browser.get("/headers", headers=names).text
    assert text.count(ESCAPED) == 5
    assert "<script>alert" not in text


def test_notes_and_orders_are_escaped(browser: httpx.Client) -> None:
    signed = {"Remote-Name": "%3Cscript%3E"}
    browser.post("/stock/HP-1004/notes", data={"note": HOSTILE}, headers=signed)
    put_on_pad(browser, "HP-1004", "1")
    browser.post("/orders", data={"customer": HOSTILE, "reference": HOSTILE}, headers=signed)
    for address, count in (("/stock/HP-1004", 1), ("/orders/20407", 2), ("/orders", 2), ("/", 2)):
        text = browser.get(address).text
        assert text.count(ESCAPED) == count
        assert "<script>" not in text
