"""The three services of Open Door, which speak to one another only through events."""
