"""Keys of other people's rows become parts of ids."""

from hypothesis import example, given
from hypothesis import strategies as st

from timeline.domain.notation import is_slug
from timeline.imports.ids import slugged


@given(st.text(min_size=1))
@example("𝐀-21")
@example("℡")
def test_any_key_becomes_a_part_of_an_id(key):
    """Also of Arabic letters, or of none; what is lost is told apart by a digest."""
    assert is_slug(f"x:{slugged(key)}:2:gone")
    assert len(slugged(key)) <= 60


def test_keys_of_other_scripts_stay_apart():
    """Two Arabic names are two ids."""
    assert slugged("حلب") != slugged("حمص")
    assert slugged("Aleppo-2016/17") == "aleppo-2016-17"
