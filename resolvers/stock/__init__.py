"""Stock: what lies where, what it cost, how it moved, and whether it is there (docs/stock.md)."""
