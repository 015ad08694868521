"""What are people and programs told?"""
