"""Numbers in the reader's manner."""

from django.utils.translation import gettext as _


def number_text(number: float, *, about: bool = False) -> str:
    """`12,400`; with `about` rounded to three figures and said to be so."""
    if not about:
        return f"{number:,}"
    whole = int(number)
    step = 10 ** max(len(str(abs(whole))) - 3, 0)
    return _("about %(number)s") % {"number": f"{round(whole / step) * step:,}"}


def share_text(part: int, whole: int) -> str:
    """A share as a whole percentage: `87 %`; a dash when there is nothing to divide by."""
    return _("%(percent)d %%") % {"percent": round(100 * part / whole)} if whole else "–"
