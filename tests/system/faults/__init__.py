"""What must survive when parts of the product, or the servers under it, die, hang or are fed rubbish."""
