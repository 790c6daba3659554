"""Devices in the contract."""

from schema.device.root import DeviceMutation, DeviceQuery, DeviceSubscription
from schema.device.type import Device, DeviceCredential, DeviceStateChanged

__all__ = [
    "Device",
    "DeviceCredential",
    "DeviceMutation",
    "DeviceQuery",
    "DeviceStateChanged",
    "DeviceSubscription",
]
