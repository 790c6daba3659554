"""Devices that speak through a broker."""
