"""The read engine: a query compiled to SQL and to the functions that write its answer (docs/read-engine.md)."""
