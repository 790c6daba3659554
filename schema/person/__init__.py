"""People and their homes in the contract."""

from schema.person.read import PersonQuery
from schema.person.type import Occupancy, Person
from schema.person.write import PersonMutation

__all__ = ["Occupancy", "Person", "PersonMutation", "PersonQuery"]
