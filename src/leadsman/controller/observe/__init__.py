"""What the API server tells, as records to decide on. Nothing here raises: others write these objects."""
