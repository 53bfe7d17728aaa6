"""The log as a transparency log: Merkle tree, checkpoints, signatures, proofs, time stamps, archived copies."""
