"""The cost of a timeline, beside what people would pick instead: ``python -m benchmarks``."""
