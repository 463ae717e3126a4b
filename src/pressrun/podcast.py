"""What publish.yml says of a podcast: what directories of podcasts ask for, and no more.

https://help.apple.com/itc/podcasts_connect/#/itcb54353390
https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pressrun.kinds import EMAIL_ADDRESS, LINE, Doc, Kind, Pattern, WebUrl, quoted

# Each category with its subcategories, whose names are unique: those that Apple and the feed
# validator both know.
CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "Arts": (
        "Books",
        "Design",
        "Fashion & Beauty",
        "Food",
        "Performing Arts",
        "Visual Arts",
    ),
    "Business": (
        "Careers",
        "Entrepreneurship",
        "Investing",
        "Management",
        "Marketing",
        "Non-Profit",
    ),
    "Comedy": ("Comedy Interviews", "Improv", "Stand-Up"),
    "Education": ("Courses", "How To", "Language Learning", "Self-Improvement"),
    "Fiction": ("Comedy Fiction", "Drama", "Science Fiction"),
    "Government": (),
    "Health & Fitness": (
        "Alternative Health",
        "Fitness",
        "Medicine",
        "Mental Health",
        "Nutrition",
        "Sexuality",
    ),
    "History": (),
    "Kids & Family": ("Education for Kids", "Parenting", "Pets & Animals", "Stories for Kids"),
    "Leisure": (
        "Animation & Manga",
        "Automotive",
        "Aviation",
        "Crafts",
        "Games",
        "Hobbies",
        "Home & Garden",
        "Video Games",
    ),
    "Music": ("Music Commentary", "Music History", "Music Interviews"),
    "News": (
        "Business News",
        "Daily News",
        "Entertainment News",
        "News Commentary",
        "Politics",
        "Sports News",
        "Tech News",
    ),
    "Religion & Spirituality": (
        "Buddhism",
        "Christianity",
        "Hinduism",
        "Islam",
        "Judaism",
        "Spirituality",
    ),
    "Science": (
        "Astronomy",
        "Chemistry",
        "Earth Sciences",
        "Life Sciences",
        "Mathematics",
        "Natural Sciences",
        "Nature",
        "Physics",
        "Social Sciences",
    ),
    "Society & Culture": (
        "Documentary",
        "Personal Journals",
        "Philosophy",
        "Places & Travel",
        "Relationships",
    ),
    "Sports": (
        "Baseball",
        "Basketball",
        "Cricket",
        "Fantasy Sports",
        "Football",
        "Golf",
        "Hockey",
        "Rugby",
        "Running",
        "Soccer",
        "Swimming",
        "Tennis",
        "Volleyball",
        "Wilderness",
        "Wrestling",
    ),
    "TV & Film": ("After Shows", "Film History", "Film Interviews", "Film Reviews", "TV Reviews"),
    "Technology": (),
    "True Crime": (),
}
PARENTS: Mapping[str, str] = {
    **{small: large for large, within in CATEGORIES.items() for small in within},
    **dict.fromkeys(CATEGORIES, ""),
}


@dataclass(frozen=True, slots=True)
class Category(Kind):
    """A category or subcategory of Apple Podcasts, which the other directories share."""

    def wrong(self, value: str) -> str:
        if value in PARENTS:
            return ""
        return f"must be a category of Apple Podcasts such as Technology, not {quoted(value)}."

    def schema(self) -> dict[str, Any]:
        return {"enum": sorted(PARENTS)}


UUID = Pattern(
    "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "a UUID such as 917393e3-1b1e-5cef-ace4-edaa54e1f810",
)


@dataclass(frozen=True, slots=True)
class Podcast:
    """A podcast of the posts that have an enclosure."""

    author: Annotated[str, LINE, Doc("Who makes it, as directories show it.")]
    email: Annotated[
        str, EMAIL_ADDRESS, Doc("Stands in the feed: directories ask there whether it is yours.")
    ]
    image: Annotated[str, WebUrl(), Doc("A square PNG or JPEG, 1400 to 3000 pixels wide.")]
    category: Annotated[str, Category(), Doc("A category or subcategory of Apple Podcasts.")]
    explicit: Annotated[bool, Doc("true where it is not for children.")] = False
    type: Annotated[
        Literal["episodic", "serial"],
        Doc("serial: to be heard in order, from the first episode."),
    ] = "episodic"
    locked: Annotated[bool, Doc("true: no other host may import it.")] = False
    guid: Annotated[
        str, UUID, Doc("The podcast:guid that it had before, when its feed has moved.")
    ] = ""
