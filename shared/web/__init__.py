"""What every service's pages and API have in common: the app factory, the gate, the errors and the look."""
