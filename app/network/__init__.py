"""The network at work: resources, timetables, money and quality, computed from plain rows."""
