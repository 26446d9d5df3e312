"""A file at an address is its project's only candidate.

Written independently: the same question, asked of a universe in which the project's page
lists nothing but that file, has the same answer.
"""

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from axletree.resolver.model.distribution import DistributionFile, Page
from axletree.resolver.model.limits import FormatControl
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.question import Question, ask
from axletree.resolver.model.requirements import Address, RootRequirement
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import FrozenUniverse, MemoUniverse
from axletree.resolver.universe.protocol import Universe
from tests.property.case import Case
from tests.property.strategies import cases
from tests.support.universes import LazyUniverse

ADDRESS = Address(url="file:///here/it/is", source="file:///here/it/is")


@given(case=cases(has_twins=False), data=st.data())
def test_an_address_answers_as_a_page_of_that_file_alone(
    case: Case, data: st.DataObject
) -> None:
    listed = [page for page in case.universe.page_of.values() if page.files]
    assume(listed)
    page = data.draw(st.sampled_from(listed))
    file = replace(data.draw(st.sampled_from(page.files)), yanked=None)
    is_constraint = data.draw(st.booleans())

    named = replace(file, address=ADDRESS)
    beside = with_page(case, page, (*page.files, named))
    alone = with_page(case, page, (file,))

    base = LazyUniverse(base=beside) if data.draw(st.booleans()) else beside
    answer = pins(base, asking(case, file, ADDRESS, is_constraint=is_constraint))
    assert answer == pins(alone, asking(case, file, None, is_constraint=is_constraint))


def with_page(
    case: Case, page: Page, files: tuple[DistributionFile, ...]
) -> FrozenUniverse:
    changed = {**case.universe.page_of, page.project: replace(page, files=files)}
    return replace(case.universe, page_of=changed)


def asking(
    case: Case, file: DistributionFile, address: Address | None, *, is_constraint: bool
) -> Question:
    """Ask the same with the file's project as a root or constraint besides."""
    question = case.question
    line = RootRequirement(
        requirement=Requirement(file.project),
        text=file.project,
        origin=Origin(),
        address=address,
    )
    roots, constraints = question.roots, question.constraints
    # A date and --only-binary are about what is found, not about what is named.
    limits = replace(question.limits, exclude_newer=None, formats=FormatControl())
    return ask(
        roots if is_constraint else (*roots, line),
        question.environment,
        constraints=(*constraints, line) if is_constraint else constraints,
        limits=limits,
        prefer=question.prefer,
    )


def pins(universe: Universe, question: Question) -> list[tuple[str, str]] | None:
    answer = Resolver(MemoUniverse(universe)).resolve(question, is_brief=True)
    if isinstance(answer, Refusal):
        return None
    return [(pin.name, str(pin.version)) for pin in answer.pins]
