"""The next release: `shouwang` with a second version of the rules. Arguments as of `shouwang`.

python -m tests.engines.cluster.newer decide --data FOLDER --worker NAME
"""

from __future__ import annotations

import sys

from api.cli import command as cli
from tests.streams.versions import second_version

if __name__ == "__main__":
    second_version()
    sys.exit(cli.main(sys.argv[1:]))
