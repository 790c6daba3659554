"""Who works for the company and who of the residents signs in: staff, accounts, roles."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from adapters.demo.generate import name as invent
from adapters.demo.generate.chance import Chance
from adapters.demo.team import CUSTOM_ROLE, ORGANIZATION, PROGRAM, team
from adapters.identity import token_hash
from models import Account, ApiClient, ApiClientSecret, CustomRole, Person, RoleAssignment, Staff
from models.rules.api_client import NO_PASSWORD, login_of
from models.rules.permission import Role
from models.rules.person import OccupancyKind
from resolvers.unit import system_unit

if TYPE_CHECKING:
    from uuid import UUID

    from adapters.demo.team import PostPlan
    from models import Occupancy
    from resolvers.demo.load import Load

SHOWN_RESIDENTS = 4  # of the first estate: printed
PLAYED_RESIDENTS = {"YGHY": 5, "BJZX": 2, "NHLJ": 1}
# Further residents, who have only written in the forum so far; they sign in with their phone number.
WITH_ACCOUNT = {"YGHY": 220, "BJZX": 60, "NHLJ": 40}
# Who pays the bills of a Unit: the first of these that holds it. Where it is let for business, the tenant.
PAYERS = {
    "YGHY": (OccupancyKind.OWNER, OccupancyKind.TENANT),
    "BJZX": (OccupancyKind.TENANT, OccupancyKind.OWNER),
    "NHLJ": (OccupancyKind.TENANT, OccupancyKind.OWNER),
}
FIRST_PHONE = 900_000  # staff have numbers of their own


class Crew:
    """Writes the people and remembers who is who."""

    def __init__(self, load: Load, password_hash: str) -> None:
        self.staff: dict[str, list[Staff]] = {}  # by the code of their estate; "" for all of the company
        self.accounts: dict[UUID, Account] = {}  # by Staff
        self.residents: dict[UUID, list[Account]] = {}  # by Property
        self.played: set[UUID] = set()  # Units whose holders the simulator plays
        self.cast: list[dict[str, Any]] = []  # whom the page offers and the simulator plays
        self._load = load
        self._hash = password_hash
        self._at = load.clock.now()
        name, text, allowed = CUSTOM_ROLE
        permissions = [permission.value for permission in allowed]
        self._custom = load.row(CustomRole, self._at, name=name, description=text, permissions=permissions)

    async def hire(self) -> None:
        """Sixty members of staff, each with an account."""
        chance = Chance("staff")
        people: list[Staff] = []
        accounts: list[Account] = []
        roles: list[RoleAssignment] = []
        for n, post in enumerate(team(), 1):
            staff = self._staff(n, post, chance)
            account = self._account(post.login or staff.number.lower(), staff_id=staff.id)
            people.append(staff)
            accounts.append(account)
            self.accounts[staff.id] = account
            self.staff.setdefault(post.estate or "", []).append(staff)
            if post.role is not None:
                roles.append(self._role(account, post.role, post.estate))
            if post.played or post.shown:
                name = f"{post.title} {staff.name}"
                self._enter(account.login, name, post.role, post.estate, shown=post.shown, played=post.played)
        await self._load.save([self._custom], people, accounts, roles)

    async def connect(self) -> dict[str, Any]:
        """A partner's program, signed in by client credentials: its id and secret."""
        (name, scopes, estate), load = PROGRAM, self._load
        account, secret = self._account("", password_hash=NO_PASSWORD), load.house.identity.token()
        place = load.properties[estate].id
        client = load.row(
            ApiClient,
            self._at,
            account_id=account.id,
            name=name,
            scopes=[scope.value for scope in scopes],
            property_ids=[str(place)],
        )
        account.login = login_of(client.id)
        hashed = load.row(ApiClientSecret, self._at, api_client_id=client.id, secret_hash=token_hash(secret))
        role = self._role(account, Role.PARTNER, estate)
        await load.save([account], [client], [hashed], [role])
        return {"name": name, "client_id": client.id.hex, "client_secret": secret}

    async def settle(self) -> None:
        """Accounts of residents: a few who are played, and those who write in the forum."""
        load = self._load
        async with system_unit(load.house, load.organization_id):
            people = {p.id: p for p in await Person.filter(organization_id=load.organization_id).order_by("id")}
        taken: set[UUID] = set()
        for code, place in load.properties.items():
            here = self.residents.setdefault(place.id, [])
            for stay in self._neighbours(code, place.id):
                person = people[stay.person_id]
                if person.id not in taken and person.phone is not None and not self._full(code, here):
                    taken.add(person.id)
                    here.append(self._resident(code, len(here) < PLAYED_RESIDENTS[code], stay, person))
        await load.save([account for accounts in self.residents.values() for account in accounts])

    def _neighbours(self, code: str, property_id: UUID) -> list[Occupancy]:
        """Those who hold something in an estate, in an order by chance; who pays the bills of a Unit comes first."""
        here = [stay for stay in self._load.stays if stay.property_id == property_id and stay.move_out_on is None]
        holders = [stay for stay in here if stay.kind in PAYERS[code]]
        self._load.chance(f"residents:{code}").shuffle(holders)
        return sorted(holders, key=lambda stay: stay.kind is not PAYERS[code][0])

    def _full(self, code: str, here: list[Account]) -> bool:
        return len(here) >= PLAYED_RESIDENTS[code] + WITH_ACCOUNT[code]

    def _resident(self, code: str, played: bool, stay: Occupancy, person: Person) -> Account:
        if not played:
            return self._account(person.phone or "", person_id=person.id)
        self.played.add(stay.unit_id)
        number = len(self.played)
        login = f"resident{number}"
        self._enter(login, person.name, Role.RESIDENT, code, shown=number <= SHOWN_RESIDENTS, played=True)
        return self._account(login, person_id=person.id)

    def of(self, code: str, *titles: str) -> list[Staff]:
        """Those who work in an estate (with those who work in all), with one of the titles when any is named."""
        there = [*self.staff.get(code, []), *self.staff[""]]
        return [staff for staff in there if not titles or any(title in staff.title for title in titles)]

    def technicians(self, code: str) -> list[Staff]:
        """Those of an estate who carry out orders."""
        return self.of(code, "维修", "维保")

    def account_of(self, staff: Staff) -> Account:
        """The account of a member of staff."""
        return self.accounts[staff.id]

    def _staff(self, n: int, post: PostPlan, chance: Chance) -> Staff:
        woman = chance.holds(0.75 if post.title in ("客服管家", "收费员", "保洁员", "收费主管") else 0.2)
        return self._load.row(
            Staff,
            self._at,
            number=f"A{n:03d}",
            name=invent.name(chance, woman=woman),
            title=post.title,
            phone=invent.phone(FIRST_PHONE + n),
            email=f"a{n:03d}@demo.invalid",  # RFC 2606: reaches nobody
            employed_from=self._load.begun - timedelta(days=chance.between(1, 2_400)),
            employed_until=None,
        )

    def _account(self, login: str, **values: Any) -> Account:
        whose = {"person_id": None, "staff_id": None, "password_hash": self._hash, **values}
        return self._load.row(Account, self._at, login=login, locale="zh", disabled_at=None, **whose)

    def _role(self, account: Account, role: Role, estate: str | None) -> RoleAssignment:
        place = self._load.properties[estate].id if estate else None
        return self._load.row(
            RoleAssignment,
            self._at,
            account_id=account.id,
            role=role,
            custom_role_id=self._custom.id if role is Role.CUSTOM else None,
            property_id=place,
            valid_from=self._at,
            valid_until=None,
        )

    def _enter(
        self, login: str, name: str, role: Role | None, estate: str | None, *, shown: bool, played: bool
    ) -> None:
        entry = {"organization": ORGANIZATION[0], "login": login, "name": name, "role": role.value if role else ""}
        self.cast.append({**entry, "property": estate or "", "shown": shown, "played": played})


def moved_in(stay: Occupancy, day: date) -> bool:
    """Whether a stay runs on a day."""
    return stay.move_in_on <= day and (stay.move_out_on is None or day <= stay.move_out_on)
