"""Intake owns the plan and the field work: exercises, people, visits and photos. It consumes nothing."""
