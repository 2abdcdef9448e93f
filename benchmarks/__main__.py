"""`python -m benchmarks`: side-by-side measurements; each prints what a user would use instead, and the ratio."""

from benchmarks import check, intake, views

if __name__ == "__main__":
    check.main()  # first: a child's peak of memory counts what its parent held when it was born
    intake.main()
    views.main()
