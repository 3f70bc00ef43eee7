"""All SQL of intake. Every function takes the connection of the transaction it is part of."""
