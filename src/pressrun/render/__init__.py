"""A post becomes HTML, plain text, feeds and an email."""
