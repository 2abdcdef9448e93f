"""`python -m benchmarks`: side-by-side measurements; each prints what a user would use instead, and the ratio."""

from benchmarks import check, intake

if __name__ == "__main__":
    intake.main()
    check.main()
