"""The rules of planning and visiting, in plain Python: no web, no database, no clock, no chance."""
