"""All SQL of reporting, by what it is about; every function takes the connection of a transaction first."""
