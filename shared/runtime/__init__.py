"""What a running process needs before it does anything: its settings, its clock, its secrets, its log."""
