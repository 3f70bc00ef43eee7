"""How a fact becomes an event somebody else acts on once: outbox, relay, log, inbox, worker, dead letters."""
