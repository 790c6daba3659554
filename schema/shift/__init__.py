"""Shifts in the contract: patterns, rosters, who is on duty."""

from schema.shift.root import ShiftMutation, ShiftQuery
from schema.shift.type import Shift, ShiftAssignment

__all__ = ["Shift", "ShiftAssignment", "ShiftMutation", "ShiftQuery"]
