"""The shapes of what assessment answers and takes, so that its OpenAPI document says what wire.md says."""
