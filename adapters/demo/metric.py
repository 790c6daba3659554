"""What machines of the demo measure."""

from models.rules.device import DeviceKind

# Metric, unit, level, and how far it swings with the day.
METRICS: dict[DeviceKind, tuple[tuple[str, str, float, float], ...]] = {
    DeviceKind.LIFT: (("motor_temperature", "°C", 38, 6), ("trips_per_hour", "", 22, 18)),
    DeviceKind.PUMP: (("pressure", "MPa", 0.42, 0.03), ("current", "A", 11.5, 2.5)),
    DeviceKind.METER: (("power", "kW", 46, 22),),
    DeviceKind.HVAC: (("supply_temperature", "°C", 9, 1.5),),
}
