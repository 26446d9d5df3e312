"""`python -m axletree`."""

import sys

from axletree.cli import main

sys.exit(main())
