"""`python -m dosecal` is `dosecal`."""

import sys

from dosecal.cli import main

sys.exit(main())
