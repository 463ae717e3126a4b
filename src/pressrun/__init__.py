"""Pressrun: posts in git become feeds and newsletter issues, each sent exactly once."""

__version__ = "0.1.0"
