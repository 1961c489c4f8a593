"""What if: how many people a draft notice would move from which colour to which. Reads, counts, and writes nothing."""
