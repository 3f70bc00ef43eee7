"""Who may do what: roles, stages, the one table of rules, and the proofs of who somebody is."""
