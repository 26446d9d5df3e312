"""`python -m axletree`."""

import sys

from axletree.start import main

sys.exit(main())
