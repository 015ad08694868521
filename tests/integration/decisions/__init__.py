"""A package, so that fixtures of the scope `package` end with the folder and not with the session."""
