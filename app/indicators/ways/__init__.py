"""Ways to a target: the fewest changes after which an indicator meets it, and how far they lead.

Nothing is written. Each change is made on a copy of the facts, and the indicator is counted anew.
"""
