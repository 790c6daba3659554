"""Pure rules: state machines, words, the permission table. No I/O, no ORM, no GraphQL."""
