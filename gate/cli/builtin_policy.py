"""The policy of `gate serve --upstream URL`: everybody signs in with a second factor."""

from __future__ import annotations

from typing import Final

from gate.core.ports import PolicyText

FILE: Final = "built-in.yaml"
TEXT: Final = """\
groups:
  admins: [admin]

admins: {{group: admins}}

accounts:
  "*": {{require: second_factor}}

sites:
  site:
    hosts: [localhost, 127.0.0.1]
    upstream: {upstream}
    rules:
      - name: everybody signs in with a second factor
        when: any
        then: {{require: second_factor}}

tests:
  - name: a stranger has to sign in
    request: GET http://localhost/
    from: 127.0.0.1
    expect: sign_in
  - name: a password alone is not enough
    request: GET http://localhost/
    from: 127.0.0.1
    as: admin
    proofs: {{password: 1m}}
    factors: [totp]
    expect: step_up second_factor
"""


def builtin_policy(upstream: str) -> PolicyText:
    """Give the policy for one upstream."""
    return PolicyText(files=((FILE, TEXT.format(upstream=upstream)),))
