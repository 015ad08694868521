"""May the candidate go on, must it go back, how many pods and whose traffic?"""
