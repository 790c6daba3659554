"""What may go wrong for an actor without being a bug of the simulator: it is logged, and the actor goes on."""

from __future__ import annotations


class Trouble(Exception):
    """An act did not succeed; the next one may."""


class Failed(Trouble):
    """The server refused the request or its document."""


class Refused(Trouble):
    """A verb answered with userErrors and changed nothing."""

    def __init__(self, verb: str, errors: list[dict[str, str]]) -> None:
        said = "; ".join(f"{error['code']} {error['message']}" for error in errors)
        super().__init__(f"{verb} is refused: {said}")
        self.codes = {error["code"] for error in errors}


class CannotStart(Exception):
    """The simulator cannot begin; the text says what to do."""
