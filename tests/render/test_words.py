"""The templates' own words, in the language of a post."""

from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from pressrun.errors import TemplateError
from pressrun.model import Body
from pressrun.publication import Email
from pressrun.render import mail
from pressrun.render.email import render
from pressrun.render.packed import packed_templates
from pressrun.render.templates import Templates
from support.publications import post, settings

BODY = Body("<p>Hallo.</p>", "Hallo.")
PACKED = packed_templates()


def used() -> set[str]:
    """Give every text that a packed template translates, and those of bodies."""
    how = [("**.html", "jinja2.ext:babel_extract"), ("**.txt", "jinja2.ext:babel_extract")]
    of_templates = extract_from_dir(str(PACKED), how)
    code = str(Path(mail.__file__).parent)
    of_bodies = extract_from_dir(code, [("**.py", "python")], keywords={"say": None})
    return {text for _, _, text, _, _ in [*of_templates, *of_bodies]}


@pytest.mark.parametrize("file", sorted(PACKED.glob("locale/*.po")), ids=lambda file: file.stem)
def test_a_catalog_has_all_words_that_templates_use_and_no_others(file):
    with file.open("rb") as opened:
        catalog = read_po(opened, abort_invalid=True)
    assert {each.id for each in catalog if each.id} == used()
    assert all(each.string for each in catalog if each.id)
    assert [list(each.check()) for each in catalog if list(each.check())] == []


def write(root, language, text) -> None:
    folder = root / "email_templates" / "locale"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{language}.po").write_text(text, encoding="utf-8")


def test_an_email_speaks_the_language_of_its_post(tmp_path):
    publication = settings(root=tmp_path, email=Email(lines=("reply", "share")))
    message = render(publication, "main", post(language="de-AT"), BODY, ())
    for part in (message.html, message.text):
        assert "Im Browser lesen" in part
        assert "weil du Notes abonniert hast." in part
        assert "Read it" not in part
        assert "subscribed" not in part
        assert "Antworte" in part
        assert "Schick ihnen" in part
    assert 'aria-roledescription="E-Mail"' in message.html


def test_a_catalog_of_the_writer_wins_word_by_word(tmp_path):
    write(tmp_path, "de", 'msgid "Unsubscribe"\nmsgstr "Austragen"\n')
    say = Templates(tmp_path).words.say("de")
    assert (say("Unsubscribe"), say("Related posts")) == ("Austragen", "Mehr zum Thema")


def test_a_new_language_needs_one_file(tmp_path):
    write(tmp_path, "fr", 'msgid "By %(names)s"\nmsgstr "Par %(names)s"\n')
    words = Templates(tmp_path).words
    assert words.languages() == ["de", "en", "fr"]
    assert words.say("fr-CA")("By %(names)s", names="Ada & Bo") == "Par Ada & Bo"
    assert words.say("fr")("Unsubscribe") == "Unsubscribe"


def test_signs_of_percent_in_values_are_just_text(tmp_path):
    assert Templates(tmp_path).words.say("en")("By %(names)s", names="100 %s") == "By 100 %s"


def test_a_broken_catalog_is_named_with_its_line(tmp_path):
    write(tmp_path, "de", 'msgid "Unsubscribe"\nmsgstr "Austragen"\nnonsense "x"\n')
    with pytest.raises(TemplateError, match=r"^email_templates/locale/de\.po:3: .*misformatted"):
        Templates(tmp_path).words.say("de")


@pytest.mark.parametrize("said", ["De %(name)s", "De", "De %s", "De %(names)s %"])
def test_a_translation_without_the_places_of_its_text_is_named_with_its_line(tmp_path, said):
    write(tmp_path, "fr", f'msgid "By %(names)s"\nmsgstr "{said}"\n')
    with pytest.raises(TemplateError, match=r"locale/fr\.po:1: .* They must be: %\(names\)s\.$"):
        Templates(tmp_path).words.say("fr")


def test_what_is_only_guessed_is_not_said_and_a_per_cent_sign_is_one(tmp_path):
    write(
        tmp_path,
        "fr",
        '#, fuzzy\nmsgid "Unsubscribe"\nmsgstr "Abonner"\n\n'
        'msgid "Related posts"\nmsgstr "100 % pour vous"\n\nmsgid "Watch: {}"\nmsgstr "V: {} {"\n',
    )
    say = Templates(tmp_path).words.say("fr")
    assert say("Unsubscribe") == "Unsubscribe"
    assert say("Related posts") == "100 % pour vous"


def test_a_translation_needs_the_braces_of_its_text(tmp_path):
    write(tmp_path, "fr", 'msgid "Watch: {}"\nmsgstr "Voir"\n')
    with pytest.raises(TemplateError, match=r"They must be: \{\}\.$"):
        Templates(tmp_path).words.say("fr")


def test_a_catalog_in_an_unknown_encoding_is_named(tmp_path):
    write(
        tmp_path,
        "fr",
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=foo\\n"\n\n'
        'msgid "Video"\nmsgstr "Film"\n',
    )
    with pytest.raises(TemplateError, match=r"locale/fr\.po:1: this is no catalog"):
        Templates(tmp_path).words.say("fr")
