"""What was decided, so that nobody can change it unnoticed. Knows no Kubernetes."""
