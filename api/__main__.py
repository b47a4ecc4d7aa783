"""`python -m api` is `alidash`."""

from api.cli import main

if __name__ == "__main__":
    main()
