"""What a risk budget allows, and what was spent of it."""
