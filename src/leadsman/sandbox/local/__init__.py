"""The provider that runs a whole cluster as processes of this machine."""
