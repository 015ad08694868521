"""What verbs show, as functions of the objects: nothing here reads a cluster or a clock."""
