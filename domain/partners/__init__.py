"""Systems of others that work with ours: who they are, what they may do, what a resident allowed them. Pure."""
