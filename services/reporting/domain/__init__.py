"""The rules of a recommendation's life in plain Python: ids, times, roles and holidays come in as arguments."""
