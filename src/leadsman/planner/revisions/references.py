"""What do the pods refer to? Every place in a pod template that names a ConfigMap, a Secret, an image or a volume.

The template may be anything that is JSON: nobody has checked it yet.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeGuard, cast

Json = dict[str, Any]

_CONTAINERS: Final = ("initContainers", "containers", "ephemeralContainers")
_SEEN_ELSEWHERE: Final = frozenset({"name", "configMap", "secret", "projected", "image"})
_OF_THE_POD: Final = frozenset({"emptyDir", "downwardAPI"})
"""Sources of volumes that come and go with the pod."""
_IDENTITIES: Final = frozenset({"configMap", "secret", "downwardAPI", "serviceAccountToken", "podCertificate"})
"""Projected sources that are seen elsewhere, or say who the pod is; not how it behaves."""
_DETAILS: Final = ("claimName", "path", "driver")


def config_maps(template: Mapping[str, Any]) -> Iterator[Json]:
    """The references themselves, each with `name`: whoever renders the template sets it."""
    yield from _named(template, volume="configMap", env="configMapKeyRef", env_from="configMapRef")


def secrets(template: Mapping[str, Any]) -> Iterator[str]:
    """Not imagePullSecrets: they decide whether an image can be had, not which."""
    for reference in _named(template, volume="secret", env="secretKeyRef", env_from="secretRef"):
        yield reference["name"]
    for volume in _volumes(template):
        if _is_name(name := _object(volume, "secret").get("secretName")):
            yield name


def images(template: Mapping[str, Any]) -> Iterator[str]:
    """Of containers, and of volumes that are images."""
    references = (
        *(container.get("image") for container in _containers(template)),
        *(_object(volume, "image").get("reference") for volume in _volumes(template)),
    )
    yield from filter(_is_name, references)


def outside_volumes(template: Mapping[str, Any]) -> Iterator[str]:
    """Volumes whose content comes from elsewhere, in words. A source that nobody knows yet is one of them."""
    for volume in _volumes(template):
        for source in volume:
            if source not in _SEEN_ELSEWHERE | _OF_THE_POD and not _is_new_claim(volume, source):
                yield _described(volume, source)
        for projected in _objects(_object(volume, "projected"), "sources"):
            for source in projected:
                if source not in _IDENTITIES:
                    yield _described({**projected, "name": volume.get("name")}, source)


def _named(template: Mapping[str, Any], *, volume: str, env: str, env_from: str) -> Iterator[Json]:
    places = (
        *(_object(_object(entry, "valueFrom"), env) for one in _containers(template) for entry in _objects(one, "env")),
        *(_object(entry, env_from) for one in _containers(template) for entry in _objects(one, "envFrom")),
        *(_object(one, volume) for one in _volumes(template)),
        *(_object(it, volume) for one in _volumes(template) for it in _objects(_object(one, "projected"), "sources")),
    )
    yield from (place for place in places if _is_name(place.get("name")))


def _is_new_claim(volume: Json, source: str) -> bool:
    """An ephemeral volume begins empty, unless it is a copy of something."""
    claim = _object(_object(_object(volume, "ephemeral"), "volumeClaimTemplate"), "spec")
    return source == "ephemeral" and not claim.get("dataSource") and not claim.get("dataSourceRef")


def _described(volume: Json, source: str) -> str:
    values = _object(volume, source)
    detail = next((f" {values[key]}" for key in _DETAILS if _is_name(values.get(key))), "")
    return f"{volume.get('name')} ({source}{detail})"


def _containers(template: Mapping[str, Any]) -> Iterator[Json]:
    for field in _CONTAINERS:
        yield from _objects(_object(template, "spec"), field)


def _volumes(template: Mapping[str, Any]) -> Iterator[Json]:
    yield from _objects(_object(template, "spec"), "volumes")


def _object(holder: Mapping[str, Any], field: str) -> Json:
    value: Any = holder.get(field)
    return cast("Json", value) if isinstance(value, dict) else {}


def _objects(holder: Mapping[str, Any], field: str) -> Iterator[Json]:
    value: Any = holder.get(field)
    for item in cast("list[Any]", value) if isinstance(value, list) else ():
        if isinstance(item, dict):
            yield cast("Json", item)


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value != ""
