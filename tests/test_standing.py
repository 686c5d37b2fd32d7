"""Standing: who changes nothing leaves a scene to the next, and who writes does not."""

import pytest

from tests.scene import Scene, Service
from tests.standing import stand

ALL = frozenset({"school"})


def begun(service: Service) -> Scene:
    scene = Scene(service.client)
    stand(scene, "school", ALL, lambda: scene["$school"])
    return scene


@pytest.mark.long
@pytest.mark.shared_out
def test_a_scene_stands_until_somebody_writes(service: Service) -> None:
    first, second = begun(service), begun(service)
    assert (second.ids, second.oktmo) == (first.ids, first.oktmo)
    assert service.client.get(f"/organizations/{second['$school']}").status_code == 200
    assert Scene(service.client)["$municipality"]
    assert begun(service)["$school"] != first["$school"]


@pytest.mark.long
@pytest.mark.shared_out
def test_a_scene_that_has_more_is_not_kept(service: Service) -> None:
    scene = Scene(service.client)
    assert scene["$municipality"]
    stand(scene, "school", ALL, lambda: scene["$school"])
    assert begun(service)["$school"] != scene["$school"]
