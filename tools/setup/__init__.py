"""Prepare the virtual environment, from nothing or from where the last run stopped.

`setup.sh` starts `python -m tools.setup` once the system packages are there. Standard library
only: nothing is installed yet.
"""
