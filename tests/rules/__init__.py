"""Rules alone: no server, and no I/O but where compilers are compared."""
