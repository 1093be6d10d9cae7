"""Phone numbers: read as people write them, kept as E.164, found by a keyed hash."""

import phonenumbers
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from folkmoot.base.errors import Refused
from folkmoot.base.keys import lookup_hash


def normal_phone(typed: str) -> str:
    """The number in E.164, whatever spaces, dashes and country code it was typed with.

    Raises Refused with a sentence for a text that is no number, and for a number of another country, to
    which no code can be sent.
    """
    try:
        number = phonenumbers.parse(typed, settings.PHONE_REGION)
    except phonenumbers.NumberParseException:
        raise Refused(_("This is not a whole phone number. Please check each digit.")) from None
    if number.country_code != phonenumbers.country_code_for_region(settings.PHONE_REGION):
        sentence = _("This number belongs to another country. Please give one that begins with %(code)s.")
        raise Refused(sentence % {"code": f"+{phonenumbers.country_code_for_region(settings.PHONE_REGION)}"})
    # By length, not by the list of numbers given out: an invented number is as good in demo and tests.
    mobile = phonenumbers.PhoneNumberType.MOBILE
    length = phonenumbers.is_possible_number_for_type_with_reason(number, mobile)
    if length != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise Refused(_("This is not a whole phone number. Please check each digit."))
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def hash_of_phone(phone: str) -> str:
    """The keyed hash by which a person is found. Shapes: `phone` is E.164."""
    return lookup_hash("phone", phone)


def national_phone(phone: str) -> str:
    """The number as people of the country write it."""
    number = phonenumbers.parse(phone, settings.PHONE_REGION)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL))


def masked_phone(phone: str) -> str:
    """Enough of a number for its owner to know it: `••• 0001`."""
    return f"••• {phone[-4:]}" if phone else ""
