"""The ledger: every numbered equation of the book, read from its LaTeX and executed.

`reading` turns LaTeX into trees, `values` computes what a tree is worth among given arrays,
`worlds` provides the arrays and derivatives, `checks` decides whether an equation holds, and
`mutants` breaks equations in all the usual ways, to prove that the ledger would notice.
"""
