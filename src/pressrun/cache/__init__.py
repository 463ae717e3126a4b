"""What an earlier run found out, in ``.publish/cache/``: it may be deleted at any time.

Nothing here decides what is written, only how soon: what is missing, damaged or in doubt is made
again, and every byte comes out the same.
"""

FOLDER = ".publish/cache"
