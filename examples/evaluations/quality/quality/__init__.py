"""An inspect-ai evaluation of a support assistant: does each answer hold the fact that it should?"""
