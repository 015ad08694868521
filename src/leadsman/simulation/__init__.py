"""What a declaration would have done with changes of the past, by what was measured of them."""
