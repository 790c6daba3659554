"""Use-cases, viewer first: reads return a query description, verbs write, audit and announce in one transaction."""
