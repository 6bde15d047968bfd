"""What the law says: dated values with citations, checks, and the runner that applies them.

Other packages use only :mod:`sogoc.policy.api`.
"""
