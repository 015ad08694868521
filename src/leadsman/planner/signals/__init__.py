"""What do monitors ask, and what do the answers mean?"""
