#!/bin/sh
# Writes junit/ anew, with pytest's own writer: make_junit.sh <pytest>
set -eu
pytest=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > test_support.py <<'P'
import pytest


class TestBilling:
    def test_pays(self, record_property):
        record_property("metric:latency", 0.8)

    def test_refunds(self, record_property):
        record_property("metric:latency", 1.4)
        assert "refund" in "I can't help with that"


class TestDelivery:
    @pytest.fixture
    def candidate(self):
        raise ConnectionError("the candidate answered 503")

    @pytest.fixture
    def leaky(self):
        yield
        raise RuntimeError("the candidate did not shut down")

    def test_tracks(self, candidate): ...

    def test_closes(self, leaky): ...

    @pytest.mark.skip(reason="no judge today")
    def test_is_polite(self): ...


def test_grounded(record_testsuite_property):
    record_testsuite_property("metric:groundedness", "0.93")
P
mkdir -p "$here/junit"
"$pytest" -q -p no:cacheprovider --rootdir "$work" --junitxml="$work/junit.xml" || [ $? = 1 ]
sed -e "s#$work#/evaluation#g" -e "s#hostname=\"[^\"]*\"#hostname=\"host\"#g" "$work/junit.xml" > "$here/junit/junit.xml"
