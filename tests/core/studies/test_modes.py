"""The names of modes say how a step is called and how Adam is written."""

from hypothesis import given
from hypothesis import strategies as st

from lib.core.studies.configs import CompareConfig
from lib.core.studies.modes import ADAMS, MODES, OLD_NAMES, adam_of, base_of, of_way, old_names_in, way_of
from lib.core.studies.works import WORKS

some_modes = st.lists(st.sampled_from(sorted(MODES)), min_size=1, unique=True)


def test_each_mode_is_one_way_with_one_adam():
    assert {adam_of(mode) for mode in MODES} == set(ADAMS)
    pairs = [(way_of(mode), adam_of(mode)) for mode in MODES]
    assert len(set(pairs)) == len(MODES)
    assert {way_of(mode) for mode in MODES} <= set(MODES), "every way has a mode with Adam in one operation"


@given(some_modes)
def test_the_base_is_eager_wherever_that_is_compared(modes):
    base = base_of(modes)
    assert base in modes
    assert (way_of(base) == "eager") == any(way_of(mode) == "eager" for mode in modes)


@given(some_modes, st.sampled_from(sorted(MODES)))
def test_a_mode_is_found_by_its_way(modes, mode):
    found = of_way(modes, way_of(mode))
    assert (found is None) == (way_of(mode) not in map(way_of, modes))
    assert found is None or way_of(found) == way_of(mode)


@given(some_modes)
def test_an_old_name_is_read_only_where_nothing_else_has_it_today(modes):
    for old, new in old_names_in(modes).items():
        assert OLD_NAMES[old] == new
        assert new in modes
        assert old not in modes


def test_every_mode_belongs_to_a_work_and_may_be_compared():
    assert {mode for work in WORKS.values() for mode in work.modes} == set(MODES)
    for name, work in WORKS.items():
        assert CompareConfig(work=name, modes=work.modes).modes == work.modes
