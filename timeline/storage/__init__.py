"""Bytes on a disk: locks, syncs, atomic replacement, and which file lies where."""
