"""Gates, the device that drives them, and attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import models
from adapters.identity import token_hash
from models.rules.device import DeviceConnectivity, DeviceKind
from models.rules.gate import AccessDirection, AccessMethod, AccessResult, GateKind, GateState
from tests.factories.tenant import NOW, SECRET

if TYPE_CHECKING:
    from tests.factories.world import Builder


def furnish(add: Builder) -> None:
    """A controller with three gates in `home`, one gate without one in `away`, two attempts."""
    home = add.tenant.keys["home"]
    device = add.add(
        "device",
        models.Device,
        property_id=home,
        name="东门控制器",
        kind=DeviceKind.GATE_CONTROLLER,
        connection=DeviceConnectivity.ONLINE,
        last_seen_at=NOW,
        heartbeat_seconds=10**8,  # what it reports is no news about itself, whenever it reports
    )
    add.add("credential", models.DeviceCredential, device_id=device, property_id=home, secret_hash=token_hash(SECRET))
    for n, state in enumerate((GateState.CLOSED, GateState.CLOSED, GateState.OFFLINE)):
        add.add(
            f"gate{n}",
            models.Gate,
            property_id=home,
            building_id=None,
            device_id=device,
            name=f"东门 {n}",
            kind=GateKind.DOOR,
            state=state,
        )
    add.add(
        "away_gate",
        models.Gate,
        property_id=add.tenant.keys["away"],
        building_id=None,
        device_id=None,
        name="大堂",
        kind=GateKind.TURNSTILE,
        state=GateState.CLOSED,
    )
    _attempts(add)


def _attempts(add: Builder) -> None:
    for n, person in enumerate((add.tenant.keys["resident_person"], None)):
        add.add(
            f"access{n}",
            models.AccessEvent,
            property_id=add.tenant.keys["home"],
            gate_id=add.tenant.keys["gate0"],
            person_id=person,
            direction=AccessDirection.IN,
            method=AccessMethod.FACE,
            result=AccessResult.GRANTED if person else AccessResult.DENIED,
            reason=None,
            occurred_at=NOW,
        )
