"""Images without a container engine: archives, root file systems, recipes."""
