"""The synthetic world is reproducible and fictitious."""

from leadiq_sandbox import Sandbox
from leadiq_sandbox.server import DEFAULT_SEED
from leadiq_sandbox.world import World


def test_the_same_seed_gives_the_same_world() -> None:
    one, two, other = Sandbox(people=50), Sandbox(people=50), Sandbox(people=50, seed=2)
    assert one.world.person_ids == two.world.person_ids != other.world.person_ids
    assert one.world.company_names == two.world.company_names
    for sandbox in (one, two, other):
        sandbox.store.close()


def test_everything_is_fiction() -> None:
    world = World(people=1200, companies=72, seed=DEFAULT_SEED)
    assert all(domain.endswith(".example") for domain in world.domains)
    numbers = {world.mobile_number(i) for i in range(world.people)} - {None}
    reserved = ("+44 7700 900", "+61 491 570 ", "+33 6 39 98 ")
    assert all(number.startswith(reserved) or "-555-01" in number for number in numbers)
