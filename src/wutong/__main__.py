"""`python -m wutong` is the `wutong` command."""

import sys

from wutong.cli import main

if __name__ == "__main__":
    sys.exit(main())
