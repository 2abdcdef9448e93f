"""What Streamlit runs for every visit: the shell, and nothing else."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dashboard.shell import show

show()
