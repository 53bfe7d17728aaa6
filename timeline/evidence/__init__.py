"""The log as a transparency log: its tree, checkpoints, signatures, proofs and time stamps."""
