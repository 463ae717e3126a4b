"""Let ``python -m pressrun`` do what ``publish`` does."""

from pressrun.cli import main

if __name__ == "__main__":
    main()
