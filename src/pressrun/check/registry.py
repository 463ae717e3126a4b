"""Every rule by its name: those for messages, and those that are kept where they look.

`publish check --explain` reads them out; README lists them.
"""

from collections.abc import Mapping

from pressrun.check import advice, rails
from pressrun.check.rule import Rule
from pressrun.model import Severity

_WCAG = "https://www.w3.org/WAI/WCAG22/Understanding"
_ERROR, _WARNING = Severity.ERROR, Severity.WARNING

MESSAGE_RULES: tuple[Rule, ...] = (
    Rule(
        "empty-body",
        _ERROR,
        "A post without words and pictures is nearly always one that was saved too early.",
        "https://www.markdownguide.org/basic-syntax/",
        rails.empty_body,
        fixed=True,
    ),
    Rule(
        "tk-left",
        _ERROR,
        "TK is what editors write where something is still to come. It is looked for outside"
        " of code.",
        "https://en.wikipedia.org/wiki/To_come_(publishing)",
        rails.tk_left,
    ),
    Rule(
        "lorem-left",
        _ERROR,
        "Lorem ipsum fills a layout until there is a text.",
        "https://en.wikipedia.org/wiki/Lorem_ipsum",
        rails.lorem_left,
    ),
    Rule(
        "relative-url",
        _ERROR,
        "A message has no page that an address could be relative to. Those of a post are"
        " completed, so"
        " this is one in a template, or one that could not be.",
        "https://www.rfc-editor.org/rfc/rfc3986#section-5",
        rails.relative_url,
    ),
    Rule(
        "local-address",
        _ERROR,
        "localhost, a private network or a name such as press.local leads readers to their"
        " own machine.",
        "https://www.rfc-editor.org/rfc/rfc6761",
        rails.local_address,
    ),
    Rule(
        "data-uri",
        _ERROR,
        "Gmail and Outlook show no picture that stands in the message itself, and it makes"
        " the message"
        " too long.",
        "https://www.caniemail.com/features/image-base64/",
        rails.data_uri,
    ),
    Rule(
        "no-unsubscribe",
        _ERROR,
        "Who cannot leave calls it spam, and the law of most countries agrees.",
        "https://www.rfc-editor.org/rfc/rfc8058",
        rails.no_unsubscribe,
        fixed=True,
    ),
    Rule(
        "no-tag",
        _ERROR,
        "Each provider fills in its own tags; what it does not know, such as a postal address, has"
        " to come from publish.yml.",
        "",
        rails.no_tag,
        fixed=True,
    ),
    Rule(
        "reserved-word",
        _ERROR,
        "Some words stand in a message for what the provider fills in. In a post they would"
        " be replaced.",
        "",
        rails.reserved_word,
        fixed=True,
    ),
    Rule(
        "link-text",
        _WARNING,
        "A screen reader can list the links of a message: 'here' and 'more' tell nothing there.",
        f"{_WCAG}/link-purpose-in-context.html",
        advice.link_text,
    ),
    Rule(
        "image-size",
        _WARNING,
        "Without width and height the text jumps when a picture arrives, and Outlook for"
        " Windows shows"
        " it at its own size.",
        "https://www.caniemail.com/features/html-width/",
        advice.image_size,
    ),
    Rule(
        "image-alt",
        _WARNING,
        "Many mail programs show no picture before they are asked to, and some readers see none.",
        f"{_WCAG}/non-text-content.html",
        advice.image_alt,
    ),
    Rule(
        "image-weight",
        _WARNING,
        "Readers on a train wait for each megabyte, and pay for it.",
        "https://web.dev/learn/performance/image-performance",
        advice.image_weight,
    ),
    Rule(
        "message-size",
        _WARNING,
        "Gmail cuts a message near 102 kB and hides what follows, the unsubscribe link too."
        " A provider"
        " adds its own to what we send, so this speaks at 90 kB.",
        "https://github.com/hteumeuleu/email-bugs/issues/56",
        advice.message_size,
    ),
    Rule(
        "subject-length",
        _WARNING,
        "Inboxes show 40 to 78 characters of a subject.",
        "https://www.rfc-editor.org/rfc/rfc5322#section-2.1.1",
        advice.subject_length,
    ),
    Rule(
        "preheader-length",
        _WARNING,
        "The words beside the subject: inboxes show 40 to 150 characters of them.",
        "",
        advice.preheader_length,
    ),
    Rule(
        "http-link",
        _WARNING,
        "What is not encrypted can be read and changed on the way, and mail programs warn of it.",
        "https://developer.mozilla.org/en-US/docs/Web/Security/Mixed_content",
        advice.http_link,
    ),
    Rule(
        "shortened-link",
        _WARNING,
        "Shortened links hide their target, die with their service, and are on lists of spam"
        " filters.",
        "https://www.spamhaus.org/resource-hub/spam/",
        advice.shortened_link,
    ),
    Rule(
        "heading-order",
        _WARNING,
        "Headings are the outline for those who listen: a level that is skipped is a gap in it.",
        f"{_WCAG}/info-and-relationships.html",
        advice.heading_order,
    ),
    Rule(
        "stale-year",
        _WARNING,
        "A copyright line with last year's number is a template that nobody looked at.",
        "",
        advice.stale_year,
    ),
    Rule(
        "unsupported",
        _WARNING,
        "Mail clients know less than browsers. The shares are those of the clients in a family that"
        " show a feature; email: clients: in publish.yml says which families count.",
        "https://www.caniemail.com/",
        advice.unsupported_feature,
    ),
    Rule(
        "provider-tag",
        _WARNING,
        "What stands in a post is text, a provider's own tags too: they are escaped on the way."
        " What a provider is to fill in belongs into the template, as one of its placeholders.",
        "",
        advice.provider_tag,
    ),
    Rule(
        "no-address",
        _WARNING,
        "Many countries demand the sender's postal address in each issue.",
        "https://www.ftc.gov/business-guidance/resources/can-spam-act-compliance-guide-business",
        advice.no_address,
    ),
)
_ELSEWHERE: tuple[Rule, ...] = (
    Rule(
        "unreadable",
        _ERROR,
        "publish.yml, a post or a template says something that nobody can act on: a key that does"
        " not exist, a date that is none, a variable that no template has.",
        "",
        fixed=True,
    ),
    Rule(
        "unfit-picture",
        _ERROR,
        "With images: upload the provider shows the pictures, and takes those of its own kinds and"
        " sizes only.",
        "",
        fixed=True,
    ),
    Rule(
        "lost-content",
        _WARNING,
        "Scripts, forms, embedded pages and the like work in no feed and no email. What"
        " stands in their"
        " place is a link, or nothing.",
        "https://www.caniemail.com/",
    ),
    Rule(
        "wide-table",
        _WARNING,
        "A table whose words a phone cannot hold side by side scrolls within a box. Outlook for"
        " Windows squeezes it, and on Android some mail programs hide what does not fit.",
        "https://www.caniemail.com/features/css-overflow/",
    ),
    Rule(
        "template-tag",
        _WARNING,
        "A shortcode or a tag that only the site's generator can run is shown as it was written.",
        "",
    ),
    Rule(
        "control-character",
        _WARNING,
        "XML forbids most control characters; they come along with pasted text and are left out.",
        "https://www.w3.org/TR/xml/#charsets",
    ),
    Rule(
        "vanished-id",
        _WARNING,
        "A post that goes on under another id is new to every feed reader.",
        "https://www.rfc-editor.org/rfc/rfc4287#section-4.2.6",
    ),
    Rule(
        "dead-link",
        _WARNING,
        "publish check --links asks the web whether the addresses in a post answer. What a server"
        " does not tell to programs is no finding.",
        "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Status",
    ),
    Rule(
        "unknown-name",
        _WARNING,
        "feeds: by: includes or excludes a tag, an author, a section or a language that no"
        " post has.",
        "",
    ),
    Rule(
        "far-date",
        _WARNING,
        "A post waits for its date, and one with a typo in the year waits for a long time.",
        "",
    ),
    Rule(
        "duplicate-title",
        _WARNING,
        "Two posts with one title are taken for one in feed readers and inboxes.",
        "",
    ),
    Rule(
        "faint-colour",
        _WARNING,
        "Text needs a contrast of 4.5 to 1 to be read by most people.",
        f"{_WCAG}/contrast-minimum.html",
    ),
    Rule(
        "unknown-rule",
        _WARNING,
        "publish.yml or a comment in a post names a rule that does not exist, or one that"
        " holds always.",
        "",
    ),
)
RULES: Mapping[str, Rule] = {rule.name: rule for rule in (*MESSAGE_RULES, *_ELSEWHERE)}
