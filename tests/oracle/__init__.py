"""graphql-core is the oracle of the read engine: what is asked is answered both ways, and the bytes are equal.

`both` runs and compares, `suite` does so with the queries of the other tests, `document`, `argument` and `choice` write
queries by chance, `rows` makes the rows that they read.
"""
