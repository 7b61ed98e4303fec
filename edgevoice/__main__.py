"""`python -m edgevoice` is `edgevoice`."""

from edgevoice.cli import main

if __name__ == "__main__":
    main()
