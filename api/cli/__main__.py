"""`python -m api.cli`: the `shouwang` command."""

import sys

from api.cli.command import main

sys.exit(main())
