AUTHOR = "Ada Example"
SITENAME = "Notes made with Pelican"
TIMEZONE = "Europe/Berlin"
DEFAULT_LANG = "en"
