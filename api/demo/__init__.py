"""The demonstration: the real programme, invented people, a year of doti made by real commands."""
