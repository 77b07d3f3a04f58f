"""The map of tf.keras is searched by words and by module."""

from tests.pages.visiting import visit, works


def test_the_map_shows_what_is_looked_for() -> None:
    visitor = visit("tour", lesson="keras")
    visitor.get_by_key("tour_keras_find").set_value("Dense layer").run()
    assert works(visitor)
    names = list(visitor.dataframe[0].value["name in tf.keras"])
    assert "Dense" in names
    assert "Conv2D" not in names
    visitor.get_by_key("tour_keras_module").set_value("losses").run()
    assert works(visitor)
    assert visitor.dataframe[0].value.empty
    visitor.get_by_key("tour_keras_find").set_value("").run()
    assert set(visitor.dataframe[0].value["module"]) == {"losses"}
    assert any(caption.value.startswith("55 of ") for caption in visitor.caption)
