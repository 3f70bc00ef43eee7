"""Intake owns the plan and the field work: partners, sites, exercises, people, visits and photos. It consumes nothing."""
