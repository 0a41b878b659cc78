"""The rule language: expressions over named quantities, decision lists, and their evaluation over a table.

    vocabulary   the names an expression may use, with their kinds
    expression   the typed tree of an expression
    parse        text -> tree, with every mistake in words
    limits       comparisons that the limits of a number already decide
    simplify     what is written in a rule, worked out at once
    condition    tree of a condition -> Polars, with Kleene logic
    span         tree of a number -> Polars, as an interval
    ladder       decision lists: the first entry that holds gives the value
    definition   names that a rule file gives to conditions, numbers and lists of its own
    document     YAML files with line numbers and mistakes reported together
    cells        the values of a name that an expression can tell apart

This room knows no medicine and imports none of the others.
"""
