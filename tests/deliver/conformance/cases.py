"""The conformance case of each provider: a line here, and the fake that it names."""

from collections.abc import Callable, Mapping
from pathlib import Path

from deliver.conformance.outbox import OutboxRig
from deliver.conformance.over_http import over_http
from deliver.conformance.worlds import Rig
from pressrun.deliver.providers.buttondown import Buttondown
from pressrun.deliver.providers.ghost import Ghost
from pressrun.deliver.providers.listmonk import Listmonk
from pressrun.deliver.providers.mailchimp import Mailchimp
from pressrun.deliver.providers.resend import Resend
from pressrun.deliver.providers.sendgrid import Options as SendGridOptions
from pressrun.deliver.providers.sendgrid import SendGrid
from support.wire_fakes.buttondown import ButtondownFake
from support.wire_fakes.ghost import OPTIONS as GHOST_OPTIONS
from support.wire_fakes.ghost import GhostFake
from support.wire_fakes.listmonk import ListmonkFake
from support.wire_fakes.listmonk import options as listmonk_options
from support.wire_fakes.mailchimp import MailchimpFake
from support.wire_fakes.resend import ResendFake
from support.wire_fakes.sendgrid import SendGridFake

CASES: Mapping[str, Callable[[Path], Rig]] = {
    "buttondown": over_http(Buttondown, ButtondownFake),
    "ghost": over_http(Ghost, GhostFake, GHOST_OPTIONS),
    "listmonk": over_http(Listmonk, ListmonkFake, listmonk_options()),
    "mailchimp": over_http(Mailchimp, MailchimpFake),
    "outbox": OutboxRig,
    "resend": over_http(Resend, ResendFake),
    "sendgrid": over_http(SendGrid, SendGridFake, SendGridOptions(unsubscribe_group="456")),
}
