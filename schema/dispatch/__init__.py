"""Dispatch in the contract: rules of Properties, decisions that explain themselves, what waits for a person."""

from schema.dispatch.root import DispatchMutation, DispatchQuery
from schema.dispatch.type import DispatchDecision, DispatchRule

__all__ = ["DispatchDecision", "DispatchMutation", "DispatchQuery", "DispatchRule"]
