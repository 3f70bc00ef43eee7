"""What assessment does, one function per thing, each within the transaction it is given."""
