"""Numbers in, numbers out: what may be concluded from measurements, and how surely. Knows no Kubernetes."""
