"""What is a revision? Its digest and name, its pods, what it refers to."""
