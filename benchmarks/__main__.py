"""`python -m benchmarks`: side-by-side measurements; each prints what a user would use instead, and the ratio."""

from benchmarks import intake

intake.main()
