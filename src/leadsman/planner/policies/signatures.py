"""Is the model signed, by somebody whom the policy names? About the digest that the spec declares: no file is read."""

from collections.abc import Iterator

from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.governancepolicy import GovernancePolicySpec, Provenance
from leadsman.api.v1alpha1.models import Signature
from leadsman.planner.governance import Keyless, Pinned, Policy, Question, Signer
from leadsman.planner.world import Service, World

FIELD = "provenance.signature"
Objection = tuple[Reason, str, str]
"""Its reason, what is wrong, and what to do."""


def asking(spec: GovernancePolicySpec | None) -> Provenance | None:
    """Of a policy that requires signatures."""
    if spec is None or spec.provenance is None or spec.provenance.signature != "Required":
        return None
    return spec.provenance


def signer(asked: Provenance, signature: Signature) -> Signer | None:
    """The one of the policy's signers that the service says it was. None: the policy has no such one."""
    for one in asked.keys:
        if one.name == signature.key:
            return Pinned(name=one.name, pem=one.pem)
    for one in asked.identities:
        if (one.identity, one.issuer) == (signature.identity, signature.issuer):
            return Keyless(identity=one.identity, issuer=one.issuer)
    return None


def question(service: Service, policy: Policy) -> Question | None:
    """None: there is nothing to verify, or nothing to verify it against."""
    signature, asked = service.spec.model.signature, asking(policy.spec)
    if asked is None or signature is None or policy.bundle is None or policy.bundle.problem:
        return None
    by = signer(asked, signature)
    return Question(content=policy.bundle.digest, key=signature.bundle.key, signer=by) if by is not None else None


def objection(service: Service, policy: Policy) -> Objection | None:
    """The first: what comes after it can be told once that is corrected."""
    signature, asked = service.spec.model.signature, asking(policy.spec)
    if asked is None:
        return None
    if not asked.identities and not asked.keys:
        words = "the policy requires a signature and names nobody whose signature counts"
        return Reason.POLICY_DENIED, words, f"write identities or keys there: kubectl edit govpol {policy.name}"
    if signature is None:
        return Reason.POLICY_DENIED, "spec.model.signature is absent", "sign the model, and name the bundle there"
    if signer(asked, signature) is None:
        words = f"the policy does not count signatures by {_claimed(signature)}"
        return Reason.POLICY_DENIED, words, f"name one who counts in spec.model.signature: {_counted(asked)}"
    return _of_bundle(service, policy, f"{signature.bundle.config_map}/{signature.bundle.key}")


def _of_bundle(service: Service, policy: Policy, where: str) -> Objection | None:
    bundle, signed, declared = policy.bundle, policy.signed, service.spec.model.digest
    if bundle is not None and bundle.problem:
        return Reason.POLICY_DENIED, bundle.problem, bundle.unblock
    if bundle is None or signed is None:
        return Reason.RESOLVING, f"the signature in {where} is being verified", "wait"
    if not signed.digest:
        words = f"the signature in {where} does not count: {signed.problem}"
        return Reason.POLICY_DENIED, words, "correct the bundle, or who signed it in spec.model.signature"
    if signed.digest != declared:
        words = f"{where} is the signature of {signed.digest}, and spec.model.digest says {declared or 'nothing'}"
        return Reason.POLICY_DENIED, words, "write the digest of the model that runs, and bring its signature"
    return None


def vouched(world: World) -> tuple[tuple[Signer, str], ...]:
    """Who signed which digest, by policies that ask for it and are satisfied."""
    service, found = world.service, dict[tuple[Signer, str], None]()
    for policy in world.policies:
        asked = question(service, policy)
        if asked is not None and policy.signed is not None and objection(service, policy) is None:
            found[asked.signer, policy.signed.digest] = None
    return tuple(found)


def in_words(world: World) -> Iterator[str]:
    """What was checked, and what was not."""
    for by, digest in vouched(world):
        yield f"the signature of {digest} by {by} verified; the files in the pods were not compared with it"


def proof(world: World) -> dict[str, str]:
    """For the ledger."""
    found = vouched(world)
    by = "; ".join(dict.fromkeys(str(one) for one, _ in found))
    return {"signedDigest": found[0][1], "signedBy": by} if found else {}


def _claimed(signature: Signature) -> str:
    if signature.key is not None:
        return f"the key {signature.key}"
    return f"{signature.identity} ({signature.issuer})"


def _counted(asked: Provenance) -> str:
    identities = (f"{one.identity} ({one.issuer})" for one in asked.identities)
    return ", ".join((*(f"the key {one.name}" for one in asked.keys), *identities)[:3])
