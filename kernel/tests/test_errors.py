import inspect
import pickle
import string

import pytest
from folkmoot_kernel import errors
from folkmoot_kernel.errors import KernelError, MalformedTilePath, TooFewWitnesses

CLASSES = [kind for kind in vars(errors).values() if inspect.isclass(kind) and issubclass(kind, KernelError)]


@pytest.mark.parametrize("kind", CLASSES)
def test_kernel_error_says_one_sentence_with_its_facts(kind):
    names = [name for _, name, _, _ in string.Formatter().parse(kind.sentence) if name]
    error = kind(**dict.fromkeys(names, "FACT"))
    assert str(error).count("FACT") == len(names)
    assert str(error)[0].isupper() or str(error)[0] == "'"
    assert str(error).endswith(".")
    assert str(error).count(". ") == 0


def test_kernel_error_survives_the_way_between_processes():
    error = pickle.loads(pickle.dumps(TooFewWitnesses(needed=3, found=1)))
    assert type(error) is TooFewWitnesses
    assert error.facts == {"needed": 3, "found": 1}
    assert str(error) == "The checkpoint has to be cosigned by 3 of the known witnesses, but it is by 1."


def test_kernel_error_shortens_what_strangers_wrote():
    assert str(MalformedTilePath(path="x" * 5000)) == f"'{'x' * 79}…' is not the path of a tile."
