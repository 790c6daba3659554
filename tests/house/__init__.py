"""Tests of the house itself: its floors, names, sizes and map, and the servers that the tests stand on."""
