"""The provider that asks kind, where a container engine answers."""
