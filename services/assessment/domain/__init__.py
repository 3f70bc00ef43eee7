"""The rules of scoring (domain.md §3) in plain Python: no clock, no database, nothing random."""
