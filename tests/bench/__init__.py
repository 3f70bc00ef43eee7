"""`make bench`: figures measured in one run on one machine, each as a ratio to a floor measured beside it."""
