"""What the services promise one another: refusals, events, instruments. Data and shapes only, no effects."""
