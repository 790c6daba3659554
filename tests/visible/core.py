"""Who sees which rows of the world: written by hand from the permission table and the scope rules in words.

- Everybody who signs in sees the Organization, the own Account and, as a resident, the own Person.
- Properties, buildings and entrances: of the Properties in which one has any role.
- Units: all with unit.read there, otherwise the units one holds.
- People and occupancies: all with person.read there; a resident those of the own household; a technician the
  reporters of the orders assigned to him (the Person, not the Occupancy).
- Staff: everybody of the Organization with staff.read anywhere; a resident the assignees of the own orders.
- Accounts of others: only who holds account.read for the whole Organization.
- Categories of tickets: of the Properties in which one has any role.
- Tickets, orders, steps, items: all with *.read there; a resident the own; a technician the assigned and their tickets.
- Labour: with work_order.read there; a technician that of the assigned; no resident.
- Entries of a timeline: with the ticket; internal ones only with note.read there.
- Files: the own uploads; attached ones with what they show. Nobody sees what another has not attached yet.
- Gates: with gate.read there. Attempts: with access_event.read there, and a resident the own.
"""

from __future__ import annotations

LOGINS = [
    "resident",
    "neighbour",
    "away_resident",
    "manager",
    "away_manager",
    "control",
    "tech1",
    "tech2",
    "chief",
    "cashier",
    "admin",
    "guard",
    "cleaner",
    "desk",
    "buyer",
    "auditor",
    "custom",
    "program",
]
STAFF = {f"{login}_staff" for login in LOGINS[3:-1]}
UNITS = {f"unit{n}" for n in range(4)}
AWAY_UNITS = {f"away_{name}" for name in UNITS}
GATES = {"gate0", "gate1", "gate2"}
HOME_PLACES = {"home", "building", "entrance", "category0", "category1"}
AWAY_PLACES = {"away", "away_building", "away_entrance", "away_category"}
HOME_PEOPLE = {"resident_person", "resident_occupancy", "neighbour_person", "neighbour_occupancy"}
AWAY_PEOPLE = {"away_resident_person", "away_resident_occupancy"}
OWN_WORK = {"ticket0", "ticket1", "order0", "order1", "step0", "step1", "item1", "entry1"}
WORK = OWN_WORK | {"labour1", "note1"}
SHOWN_FILES = {"ticket_file", "order_file"}

_EVERYTHING = (
    set(LOGINS)
    | {"access0", "access1", "away_gate"}
    | HOME_PLACES
    | AWAY_PLACES
    | UNITS
    | AWAY_UNITS
    | HOME_PEOPLE
    | AWAY_PEOPLE
    | STAFF
    | WORK
    | SHOWN_FILES
    | GATES
)

SEES: dict[str, set[str]] = {
    "resident": {"resident", "resident_person", "resident_occupancy", "unit0", "access0", "tech1_staff"}
    | HOME_PLACES
    | GATES
    | OWN_WORK
    | SHOWN_FILES
    | {"loose_file"},
    "neighbour": {"neighbour", "neighbour_person", "neighbour_occupancy", "unit1"} | HOME_PLACES | GATES,
    "away_resident": {"away_resident", "away_unit0", "away_gate"} | AWAY_PEOPLE | AWAY_PLACES,
    "manager": {"manager", "access0", "access1"}
    | HOME_PLACES
    | UNITS
    | HOME_PEOPLE
    | STAFF
    | WORK
    | SHOWN_FILES
    | GATES,
    "away_manager": {"away_manager", "away_gate"} | AWAY_PLACES | AWAY_UNITS | AWAY_PEOPLE | STAFF,
    "control": {"control", "access0", "access1"}
    | HOME_PLACES
    | UNITS
    | HOME_PEOPLE
    | STAFF
    | WORK
    | SHOWN_FILES
    | GATES,
    "tech1": {
        "tech1",
        "resident_person",
        "ticket1",
        "order1",
        "step1",
        "order_file",
        "item1",
        "labour1",
        "entry1",
        "note1",
    }
    | HOME_PLACES
    | UNITS
    | STAFF
    | GATES,
    "tech2": {"tech2"} | HOME_PLACES | UNITS | STAFF | GATES,
    "chief": _EVERYTHING,
    "cashier": {"cashier"} | HOME_PLACES | UNITS | HOME_PEOPLE | STAFF,
    "admin": _EVERYTHING,
    "guard": {"guard", "access0", "access1"} | HOME_PLACES | UNITS | HOME_PEOPLE | STAFF | GATES,
    "cleaner": {"cleaner"} | HOME_PLACES | UNITS | STAFF | GATES,
    "desk": {"desk"} | HOME_PLACES | UNITS | HOME_PEOPLE | STAFF | WORK | SHOWN_FILES | GATES,
    "buyer": {"buyer"} | HOME_PLACES | STAFF,
    "auditor": {"auditor", "access0", "access1"}
    | HOME_PLACES
    | UNITS
    | HOME_PEOPLE
    | STAFF
    | WORK
    | SHOWN_FILES
    | GATES,
    # unit.read and ticket.read, no staff.read
    "custom": {"custom", "custom_staff", "ticket0", "ticket1", "ticket_file", "entry1", "note1"} | HOME_PLACES | UNITS,
    # a partner's: gate.read and ticket.read
    "program": {"program", "ticket0", "ticket1", "ticket_file", "entry1"} | HOME_PLACES | GATES,
}
for _seen in SEES.values():
    _seen.add("organization")

ROOT_LISTS = {
    "properties": {"home", "away"},
    "accounts": set(LOGINS),
    "staff": STAFF,
}
# Of one property: (rows of home, rows of away).
PROPERTY_LISTS = {
    "buildings": ({"building"}, {"away_building"}),
    "entrances": ({"entrance"}, {"away_entrance"}),
    "units": (UNITS, AWAY_UNITS),
    "ticketCategories": ({"category0", "category1"}, {"away_category"}),
    "people": ({"resident_person", "neighbour_person"}, {"away_resident_person"}),
    "occupancies": ({"resident_occupancy", "neighbour_occupancy"}, {"away_resident_occupancy"}),
    "tickets": ({"ticket0", "ticket1"}, set[str]()),
    "workOrders": ({"order0", "order1"}, set[str]()),
    "gates": (GATES, {"away_gate"}),
    "accessEvents": ({"access0", "access1"}, set[str]()),
}
# A list of people is by who holds a unit, which a technician does not see.
LIST_EXCEPTIONS = {("tech1", "people"): set[str]()}

SINGLES = {
    "organization": "Organization",
    "property": "Property",
    "building": "Building",
    "entrance": "Entrance",
    "unit": "Unit",
    "person": "Person",
    "occupancy": "Occupancy",
    "staffMember": "Staff",
    "account": "Account",
    "ticket": "Ticket",
    "ticketCategory": "TicketCategory",
    "workOrder": "WorkOrder",
    "gate": "Gate",
    "accessEvent": "AccessEvent",
}
