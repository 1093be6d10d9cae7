"""E-mail over SMTP: plain text, in the reader's language.

The Message-ID comes from the letter's key, so that a mail server which sees a letter twice can drop the second.
"""

import smtplib
from contextlib import closing
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext_lazy as _

from folkmoot.base.errors import Sentence
from folkmoot.channels.letters import Letter
from folkmoot.channels.providers.provider import Failed, Rejected, Unreachable
from folkmoot.people.models import Person
from folkmoot.ui.frame import html_lang

# Source: RFC 5321 section 4.2. 421: the server closes for everybody; from 500 on the answer will not change.
CLOSING, PERMANENT = 421, 500


class Mail:
    name = "mail"
    label: Sentence = _("e-mail")

    def is_set_up(self) -> bool:
        return bool(settings.EMAIL_HOST)

    def address_of(self, person: Person) -> str:
        return str(person.email)

    def send(self, message: Letter, address: str) -> None:
        try:
            # Closed by us too: after a refused sign-in Django leaves the connection open.
            with closing(get_connection()) as connection:
                connection.send_messages([envelope(message, address)])
        except smtplib.SMTPRecipientsRefused as error:
            raise refusal("RCPT", min(code for code, _words in error.recipients.values())) from None
        except smtplib.SMTPDataError as error:
            raise refusal("DATA", error.smtp_code) from None
        except (
            smtplib.SMTPResponseException
        ) as error:  # greeting, sign-in or sender: it concerns every letter
            raise Unreachable(f"{type(error).__name__} {error.smtp_code}") from None
        except OSError as error:  # SMTPException is one too
            raise Unreachable(
                " ".join(filter(None, [type(error).__name__, str(error.errno or "")]))
            ) from None
        except ValueError as error:  # an address or subject that no mail can have
            raise Rejected(type(error).__name__) from None


def envelope(letter: Letter, address: str) -> EmailMessage:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return EmailMessage(
        letter.subject,
        letter.text,
        to=[address],
        headers={
            "Message-ID": f"<{letter.key}@{domain}>",
            "Content-Language": html_lang(letter.language),
            "Auto-Submitted": "auto-generated",  # no answering machine answers. Source: RFC 3834
        },
    )


def refusal(step: str, code: int) -> Failed:
    """The server's own words may hold the address: only its number is kept."""
    kind = Unreachable if code == CLOSING else Rejected if code >= PERMANENT else Failed
    return kind(f"{step} {code}")
