"""`python -m pipelines VERB`: see docs/commands.md."""

from pipelines.commandline.main import main

raise SystemExit(main())
