"""What is written down of a service, and who plays which part by it?"""
