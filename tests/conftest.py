import pytest

import kg


@pytest.fixture(scope="session")
def graph():
    return kg.load()
