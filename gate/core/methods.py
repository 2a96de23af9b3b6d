"""The methods that pass without a site's asking."""

from __future__ import annotations

from typing import Final

# RFC 9110 section 9 without CONNECT and TRACE, RFC 5789, and WebDAV with versions, access,
# calendars and search (RFC 4918, 3253, 3744, 4791, 5323, 5842).
METHODS: Final = frozenset(
    {
        *("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"),
        *("PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK"),
        *("VERSION-CONTROL", "REPORT", "CHECKOUT", "CHECKIN", "UNCHECKOUT", "MKWORKSPACE"),
        *("UPDATE", "LABEL", "MERGE", "BASELINE-CONTROL", "MKACTIVITY", "ACL", "MKCALENDAR"),
        *("SEARCH", "BIND", "UNBIND", "REBIND"),
    }
)
NEVER: Final = frozenset({"CONNECT", "TRACE"})  # not even where a site adds them
