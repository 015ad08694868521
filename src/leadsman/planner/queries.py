"""Monitors as PromQL: one query for all services that ask the same, restricted to the pods that are watched.

    label_replace(sum by (namespace, pod) (increase(<bad>{…,namespace="a",pod=~"…"}[60s])), "leadsman", "bad_increase", "", "")
    or label_replace(…)

The answer has one sample for each pod and `Part`. Which pods are whose is decided here, not by the query: several
namespaces and revisions in one query match more than the pairs that are wanted.
"""  # noqa: E501  the query is one line

