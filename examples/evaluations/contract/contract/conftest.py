import pytest

from contract.api import Api, Reply


@pytest.fixture(scope="session")
def api() -> Api:
    return Api.of_candidate()


@pytest.fixture(scope="session")
def answered(api: Api) -> Reply:
    return api.ask("How long does shipping take?")
