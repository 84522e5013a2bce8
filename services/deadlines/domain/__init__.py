"""The pure core of deadlines: phrases, calendar, stages and the life of a deadline; no clock, no network, no storage."""
