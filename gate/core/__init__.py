"""The policy decision point: pure values and total functions, standard library only.

No I/O, no clock, no logging. Bytes become values at the front door, one `Access` goes into
`decide`, one `Decision` comes out, and each answer names its reason, rule, file and line.

The words: a *condition* looks at an Access and says hit, miss or may; a *rule* joins conditions
and says what follows; a *requirement* asks for proofs; a *decision* is Permit, SignIn, StepUp or
Deny; an *obligation* is what the enforcement point must do with a permit.
"""
