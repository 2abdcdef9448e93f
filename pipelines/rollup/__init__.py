"""The figures of many counties at once, by the warehouse's own SQL, on an engine that spreads over machines."""
