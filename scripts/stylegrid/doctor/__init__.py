"""What this installation is: its programs, machine and network, each checked, and layers beside known numbers."""
