"""The pages process: what people see of the gate.

A request reaches a page only through a data plane, which hands it over with the visitor's address,
host and request id (`handoff`). `app` puts the layers together, `pages/` holds one page a file,
`page` and `ask` say what a page is and what it is asked. Every form works as a plain POST; scripts
only add. What a page can't do is answered by a refusal in the same look.
"""
