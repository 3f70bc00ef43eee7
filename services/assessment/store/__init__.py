"""All SQL of assessment, by what it is about; every function takes the transaction first."""
