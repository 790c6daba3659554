"""Gates, cameras, and which devices talk to us: their credentials and what they last said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.demo.plan import ESTATES, played_devices
from adapters.identity import token_hash
from models import Camera, Device, DeviceCredential, Gate
from models.rules.camera import CameraKind
from models.rules.device import DeviceConnectivity, DeviceState
from models.rules.gate import GateState
from resolvers.unit import system_unit

if TYPE_CHECKING:
    from adapters.demo.plan import EstatePlan
    from models import Property
    from resolvers.demo.load import Load


class Equipment:
    """Writes it and remembers the tokens."""

    def __init__(self, load: Load) -> None:
        self.gates: list[Gate] = []
        self.cameras: list[Camera] = []
        self.talking: list[Device] = []
        self.tokens: list[dict[str, Any]] = []
        self._load = load
        self._credentials: list[DeviceCredential] = []

    async def install(self) -> None:
        """All estates; rows are as old as the company's contract."""
        for estate in ESTATES:
            place = self._load.properties[estate.code]
            self.gates += [self._gate(estate, place, n) for n in range(len(estate.gates))]
            self.cameras += [self._camera(estate, place, n) for n in range(len(estate.cameras))]
            self._connect(estate, place)
        await self._load.save(self._credentials, self.gates, self.cameras)
        # They were heard until just now; without somebody who plays them they are silent, which is no alarm.
        async with system_unit(self._load.house, self._load.organization_id):
            await Device.filter(id__in=[device.id for device in self.talking]).update(
                state=DeviceState.RUNNING,
                state_at=self._load.now,
                connection=DeviceConnectivity.OFFLINE,
                last_seen_at=self._load.now,
            )

    def _gate(self, estate: EstatePlan, place: Property, n: int) -> Gate:
        plan, load = estate.gates[n], self._load
        return load.row(
            Gate,
            load.clock.now(),
            property_id=place.id,
            building_id=load.buildings[place.id, plan.building].id if plan.building else None,
            device_id=load.devices[place.id, plan.controller].id,
            name=plan.name,
            kind=plan.kind,
            state=GateState.CLOSED,
        )

    def _camera(self, estate: EstatePlan, place: Property, n: int) -> Camera:
        plan, load = estate.cameras[n], self._load
        return load.row(
            Camera,
            load.clock.now(),
            property_id=place.id,
            building_id=load.buildings[place.id, plan.building].id if plan.building else None,
            device_id=load.devices[place.id, plan.recorder].id,
            name=plan.name,
            kind=CameraKind.DOME if plan.building else CameraKind.FIXED,
            location=plan.name,
            source_key=plan.source_key,
            archived_at=None,
        )

    def _connect(self, estate: EstatePlan, place: Property) -> None:
        """A credential for each device that is played. Its secret is true chance: no seed gives it away."""
        load = self._load
        mine = [device for (property_id, _), device in load.devices.items() if property_id == place.id]
        for device in played_devices(mine):
            secret = load.house.identity.token()
            self._credentials.append(
                load.row(
                    DeviceCredential,
                    load.clock.now(),
                    device_id=device.id,
                    property_id=place.id,
                    secret_hash=token_hash(secret),
                    revoked_at=None,
                )
            )
            self.talking.append(device)
            entry = {"name": device.name, "kind": device.kind.value, "property": estate.code}
            cameras = [
                {"name": camera.name, "key": camera.source_key}
                for camera in estate.cameras
                if camera.recorder == device.name
            ]
            self.tokens.append({**entry, "token": f"{device.id.hex}.{secret}", "cameras": cameras})
