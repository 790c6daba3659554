"""The live transports, from outside: real sockets against the real application."""
