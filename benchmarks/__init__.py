"""What a timeline costs, measured beside what people would pick instead, in the same run: ``python -m benchmarks --help``."""
