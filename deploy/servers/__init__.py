"""The real servers of the full set, started on loopback for `make run-full` and for the tests."""
