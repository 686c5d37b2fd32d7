"""A program's answers: resources, curricula, timetable, money, property, quality and results."""
