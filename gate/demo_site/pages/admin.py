"""The manager's office: users, and the buttons that nobody else should press."""

from http import HTTPStatus
from typing import Final

from gate.demo_site.html import Html, fill_file, repeat
from gate.demo_site.layout import page, problem
from gate.demo_site.messages import Reply, Request, redirect

USER_ROW: Final = """<tr class="$stripe"><td>$name</td><td>$full_name</td><td>$department</td>
<td>$role</td><td>$extension</td><td class="$mark">$state</td>
<td><form method="post" action="/admin/users/$name"><input type="submit" value="$verb"></form>
</td></tr>
"""


def office(request: Request) -> Reply:
    """Show the users and the buttons."""
    orders = request.company.orders.values()
    body = fill_file(
        "admin",
        rows=_user_rows(request),
        despatched=sum(order.status == "Despatched" for order in orders),
    )
    return page(request, "Office admin", body)


def switch_user(request: Request) -> Reply:
    """Disable a user, or enable him again."""
    name = request.path.split("/")[3]
    if name not in request.company.users:
        return problem(request, HTTPStatus.NOT_FOUND, "There is no such user.")
    request.company.switch_user(name)
    request.session.notice = f"User {name} was changed."
    return redirect("/admin")


def purge(request: Request) -> Reply:
    """Delete every order that was sent."""
    gone = request.company.purge_despatched()
    request.session.notice = f"{gone} despatched orders were deleted for ever."
    return redirect("/admin")


def restore(request: Request) -> Reply:
    """Start again from the records on file."""
    request.company.restore()
    request.session.notice = "The records were restored from last night's tape."
    return redirect("/admin")


def _user_rows(request: Request) -> Html:
    return repeat(
        USER_ROW,
        (
            {
                "stripe": "odd" if at % 2 else "even",
                "name": user.name,
                "full_name": user.full_name,
                "department": user.department,
                "role": user.role,
                "extension": user.extension,
                "mark": "" if user.enabled else "low",
                "state": "enabled" if user.enabled else "disabled",
                "verb": "Disable" if user.enabled else "Enable",
            }
            for at, user in enumerate(request.company.users.values())
        ),
    )
