"""Policies that must be refused, each with every line that says why (F11).

A line is `LINE:COLUMN: message` of the file `p.yaml`.
"""

from __future__ import annotations

from typing import Final

HEAD: Final = """\
sites:
  wiki:
    hosts: [wiki.example.com]
    upstream: http://127.0.0.1:8000
    rules:
"""
STAFF: Final = """\
      - name: staff
        when: any
        then: {require: second_factor}
"""

BROKEN: Final[dict[str, str]] = {
    "empty file": "",
    "only a comment": "# nothing yet\n",
    "no mapping": "- sites\n",
    "open bracket": "sites: [wiki\n",
    "open quote": 'sites: "wiki\n',
    "tab": "sites:\n\twiki: x\n",
    "bad indentation": "sites:\n  wiki:\n    hosts: [a.example.com]\n   upstream: x\n",
    "100k nesting": "[" * 100_000,
    "alias bomb": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "tag": f"{HEAD}      - name: !!python/object:os.system x\n        when: any\n"
    "        then: public\n",
    "two documents": f"{HEAD}{STAFF}---\n{HEAD}{STAFF}",
    "hidden character": f"{HEAD}{STAFF}# \u202e\n",
    "unknown section": f"site:\n  wiki: x\n{HEAD}{STAFF}",
    "unknown key in a site": f"{HEAD}{STAFF}    upstrem: http://127.0.0.1:1\n",
    "unknown key in a rule": f"{HEAD}      - nam: staff\n        when: any\n        then: public\n",
    "duplicate key": f"{HEAD}{STAFF}    hosts: [b.example.com]\n",
    "duplicate site": f"{HEAD}{STAFF}  wiki: {{hosts: [b.example.com]}}\n",
    "when without a value": f"{HEAD}      - name: staff\n        when:\n        then: public\n",
    "when missing": f"{HEAD}      - name: staff\n        then: public\n",
    "empty when": f"{HEAD}      - name: staff\n        when: {{}}\n        then: public\n",
    "empty list": f"{HEAD}      - name: staff\n        when: {{path: []}}\n        then: public\n",
    "empty networks": f"networks: {{office: []}}\n{HEAD}{STAFF}",
    "CIDR with host bits": f"networks: {{office: [203.0.113.7/24]}}\n{HEAD}{STAFF}",
    "bad CIDR": f"networks:\n  office:\n    - 203.0.113.0/24\n    - 203.0.113.0/33\n{HEAD}{STAFF}",
    "unknown network": "accounts:\n  bob: {networks: [offic]}\n"
    f"networks: {{office: 10.0.0.0/8}}\n{HEAD}{STAFF}",
    "dangling group": f"groups: {{staff: [bob]}}\n{HEAD}      - name: staff\n"
    "        when: {group: staf}\n        then: public\n",
    "dangling admins": f"groups: {{admins: [bob]}}\nadmins: {{group: admin}}\n{HEAD}{STAFF}",
    "unknown condition": f"{HEAD}      - name: staff\n        when: {{metod: GET}}\n"
    "        then: public\n",
    "unknown level": f"{HEAD}      - name: staff\n        when: any\n"
    "        then: {require: second_facter}\n",
    "path without slash": f"{HEAD}      - name: staff\n        when: {{path: admin/**}}\n"
    "        then: public\n",
    "within too short": f"{HEAD}      - name: staff\n        when: any\n"
    "        then: {require: security_key, within: 10s}\n",
    "remember with within": f"{HEAD}      - name: staff\n        when: any\n"
    "        then: {require: second_factor, within: 15m, remember: 30d}\n",
    "observe without end": f"{HEAD}{STAFF}    mode: observe\n",
    "host twice": f"{HEAD}{STAFF}  shop:\n    hosts: [WIKI.example.com]\n"
    f"    upstream: http://127.0.0.1:1\n    rules:\n{STAFF}",
    "upstream with a path": "sites:\n  wiki:\n    hosts: [a.example.com]\n"
    f"    upstream: http://127.0.0.1:8000/app\n    rules:\n{STAFF}",
    "test for a host of nobody": f"{HEAD}{STAFF}tests:\n  - name: one\n"
    "    request: GET https://wiki.exmple.com/\n    from: 192.0.2.1\n    expect: sign_in\n",
    "test for a rule of nobody": f"{HEAD}{STAFF}tests:\n  - name: one\n"
    "    request: GET https://wiki.example.com/\n    from: 192.0.2.1\n    expect: sign_in\n"
    "    rule: stuff\n",
    "several at once": "networks: {office: [10.0.0.1/8]}\ngroups: {staff: [al ice]}\n"
    f"{HEAD}      - name: staff\n        when: {{group: staf, network: ofice}}\n"
    "        then: {require: signed_in, witin: 1m}\n    paths: sloppy\n",
}

WHY: Final[dict[str, tuple[str, ...]]] = {
    "empty file": ("1:1: the file is empty; write a policy or delete the file",),
    "only a comment": ("1:1: the file is empty; write a policy or delete the file",),
    "no mapping": (
        (
            "1:1: a policy has the sections networks, groups, admins, accounts, sites, tests; "
            "write `sites:`"
        ),
    ),
    "open bracket": (
        "2:1: did not find expected ',' or ']'; close the bracket, and set commas between",
    ),
    "open quote": ("2:1: found unexpected end of stream; close the quote or the bracket",),
    "tab": (
        "2:1: found character that cannot start any token; quote the text, and indent with blanks",
    ),
    "bad indentation": ("4:4: did not find expected key; check the indentation",),
    "100k nesting": ("1:41: more than 40 levels; write it flatter",),
    "alias bomb": (
        (
            "1:1: unknown key `a` in `policy`; known: `accounts`, `admins`, `groups`, `networks`,"
            " `sites`, `tests`"
        ),
        "1:4: anchors (`&a`) are not read; delete it",
        (
            "2:1: unknown key `b` in `policy`; known: `accounts`, `admins`, `groups`, `networks`,"
            " `sites`, `tests`"
        ),
        "2:4: anchors (`&b`) are not read; delete it",
        "2:8: aliases (`*a`) are not read; write it out",
        "2:12: aliases (`*a`) are not read; write it out",
        (
            "3:1: unknown key `c` in `policy`; known: `accounts`, `admins`, `groups`, `networks`,"
            " `sites`, `tests`"
        ),
        "3:5: aliases (`*b`) are not read; write it out",
        "3:9: aliases (`*b`) are not read; write it out",
    ),
    "tag": ("6:15: tags (`!...`) are not read; delete it or quote the text",),
    "two documents": ("9:1: a second document begins here; one file holds one document",),
    "hidden character": ("9:3: the character U+202E is not shown by editors; delete it",),
    "unknown section": ("1:1: unknown key `site` in `policy`; did you mean `sites`?",),
    "unknown key in a site": ("9:5: unknown key `upstrem` in `wiki`; did you mean `upstream`?",),
    "unknown key in a rule": ("6:9: unknown key `nam` in `rules`; did you mean `name`?",),
    "duplicate key": ("9:5: `hosts` stands twice, first at p.yaml:3:5; keep one of them",),
    "duplicate site": ("9:3: `wiki` stands twice, first at p.yaml:2:3; keep one of them",),
    "when without a value": (
        "7:14: `when` has no value; write `when: any` for a rule that always holds",
    ),
    "when missing": ("6:9: `when` is missing; add it here",),
    "empty when": ("7:15: no conditions; name at least one, or write `when: any`",),
    "empty list": ("7:22: `path` is an empty list; name at least one or leave it out",),
    "empty networks": ("1:20: `office` is an empty list; fill it or delete the key",),
    "CIDR with host bits": (
        (
            "1:21: `203.0.113.7/24` has bits set behind the prefix; did you mean 203.0.113.0/24 "
            "or the one address 203.0.113.7?"
        ),
    ),
    "bad CIDR": ("4:7: `203.0.113.0/33` has too long a prefix; at most /32",),
    "unknown network": ("2:20: unknown network `offic`; did you mean `office`?",),
    "dangling group": ("8:23: unknown group `staf`; did you mean `staff`?",),
    "dangling admins": ("2:17: unknown group `admin`; did you mean `admins`?",),
    "unknown condition": ("7:16: unknown condition `metod`; did you mean `method`?",),
    "unknown level": ("8:25: unknown `require` `second_facter`; did you mean `second_factor`?",),
    "path without slash": (
        "7:22: path `admin/**` does not begin with `/`; did you mean `/admin/**`?",
    ),
    "within too short": ("8:47: `within` is too short to be met; write at least 30s",),
    "remember with within": ("8:63: `remember` and `within` exclude each other; keep one of them",),
    "observe without end": ("9:11: `mode: observe` needs an end; add `observe_until: 2027-03-31`",),
    "host twice": (
        (
            "10:13: `WIKI.example.com` is already a host of site `wiki` at p.yaml:3:13; keep one "
            "of them, or give each a port"
        ),
    ),
    "upstream with a path": (
        (
            "4:15: `upstream` `http://127.0.0.1:8000/app` has a path; did you mean "
            "`http://127.0.0.1:8000`?"
        ),
    ),
    "test for a host of nobody": (
        "10:11: no site has the host `wiki.exmple.com`; did you mean `wiki.example.com`?",
    ),
    "test for a rule of nobody": ("10:11: site `wiki` has no rule `stuff`; did you mean `staff`?",),
    "several at once": (
        (
            "1:21: `10.0.0.1/8` has bits set behind the prefix; did you mean 10.0.0.0/8 or the "
            "one address 10.0.0.1?"
        ),
        (
            "2:18: `al ice` is no name of an account; use up to 64 letters, digits, dots, dashes "
            "and underscores, a letter or digit first"
        ),
        "9:23: unknown group `staf`; did you mean `staff`?",
        "9:38: unknown network `ofice`; did you mean `office`?",
        "10:36: unknown key `witin` in `then`; did you mean `within`?",
        "11:12: unknown `paths` `sloppy`; known: `lenient`, `strict`",
    ),
}
