"""Kill -9 and failing operations: nothing is torn, and nothing is lost that was acknowledged.

`changes` has what people and operators change, as one cycle that ends where it began. A `picture`
is everything that the store and the policy folder hold; its `shape` says what a change does to it.
In a round a process works through the cycle until it is killed (`rounds`); in `failing` one
operation after the other fails below a change. Either way the picture is then that of before or
that of after. `make faults` runs many rounds, `make test` a few and every failing operation.
"""
