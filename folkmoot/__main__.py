"""`python -m folkmoot` is the `folkmoot` command."""

import sys

from folkmoot.cli import main

sys.exit(main())
