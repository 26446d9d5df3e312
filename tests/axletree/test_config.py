from pathlib import Path

import pytest

from axletree.config import InvalidSettingsError, find_file, load
from axletree.limits import BuildLimits


def test_defaults_follow_the_folders_of_xdg(tmp_path: Path) -> None:
    settings = load({"HOME": str(tmp_path)})

    assert settings.home == tmp_path / ".local/share/axletree"
    assert settings.cache_dir == tmp_path / ".cache/axletree"
    assert settings.index_url is None


def test_hosts_that_git_may_ask_unencrypted_are_a_list_in_one_text() -> None:
    settings = load(
        {"HOME": "/h", "AXLETREE_GIT_HTTP_HOSTS": "Git.internal, 10.0.0.1:8080 "}
    )
    assert settings.git_http_hosts == {"git.internal", "10.0.0.1:8080"}


def test_xdg_variables_move_them() -> None:
    settings = load({"HOME": "/h", "XDG_DATA_HOME": "/d", "XDG_CACHE_HOME": "/c"})

    assert settings.home == Path("/d/axletree")
    assert settings.cache_dir == Path("/c/axletree")


def test_a_file_is_weaker_than_a_variable(tmp_path: Path) -> None:
    file = tmp_path / "axletree.toml"
    file.write_text('index-url = "https://a.test/"\nhome = "house"\ntimeout = 5\n')

    settings = load({"AXLETREE_INDEX_URL": "https://b.test/"}, file)

    assert settings.index_url == "https://b.test/"
    assert settings.home == tmp_path / "house"
    assert settings.timeout_s == 5


def test_pyproject_has_a_table(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text("[tool.axletree]\nretries = 7\n")

    assert load({}, file).retries == 7


def test_an_index_strategy_is_one_of_two(tmp_path: Path) -> None:
    file = tmp_path / "axletree.toml"
    file.write_text('index-strategy = "unsafe-best-match"\n')

    assert load({}).index_strategy == "first-index"
    assert load({}, file).index_strategy == "unsafe-best-match"
    with pytest.raises(InvalidSettingsError, match="first-index or unsafe-best-match"):
        load({"AXLETREE_INDEX_STRATEGY": "best"}, file)


def test_the_nearest_file_upwards_is_found(tmp_path: Path) -> None:
    (tmp_path / "axletree.toml").touch()
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.other]\n")

    assert find_file(inner) == tmp_path / "axletree.toml"

    (tmp_path / "a" / "pyproject.toml").write_text("[tool.axletree]\n")
    assert find_file(inner) == tmp_path / "a" / "pyproject.toml"


@pytest.mark.parametrize(
    "text",
    [
        "index_url = 'https://a.test/'",
        "= 1",
        "timeout = 'soon'",
        "timeout = 0",
        "retries = -1",
        "timeout = nan",
        "certificate = 'missing.pem'",
    ],
)
def test_a_bad_file_is_wrong_usage(tmp_path: Path, text: str) -> None:
    file = tmp_path / "axletree.toml"
    file.write_text(text)

    with pytest.raises(InvalidSettingsError) as caught:
        load({}, file)

    assert caught.value.exit_code == 2


def test_a_table_that_is_none_is_wrong_usage(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text("[tool]\naxletree = 3\n")

    with pytest.raises(InvalidSettingsError):
        load({}, file)


def test_certificates_are_named_as_for_pip(tmp_path: Path) -> None:
    weak, strong = tmp_path / "weak.pem", tmp_path / "strong.pem"
    weak.touch()
    strong.touch()

    settings = load({"SSL_CERT_FILE": str(weak), "PIP_CERT": str(strong)})

    assert settings.certificate == strong


def test_proxies_are_read_in_either_case() -> None:
    settings = load(
        {
            "HTTPS_PROXY": "http://a.test",
            "https_proxy": "http://b.test",
            "NO_PROXY": "x",
        }
    )

    assert settings.proxies == {"https": "http://b.test"}
    assert settings.no_proxy == "x"


def test_settings_do_not_print_what_may_hold_a_password() -> None:
    settings = load(
        {
            "HTTPS_PROXY": "http://u:hunter2@a.test",
            "PIP_INDEX_URL": "https://u:hunter2@b.test",
            "AXLETREE_INDEX_URL": "https://u:hunter2@c.test",
        }
    )

    assert "hunter2" not in repr(settings)


def test_limits_are_sizes_and_seconds(tmp_path: Path) -> None:
    file = tmp_path / "axletree.toml"
    file.write_text('max-page = "1.5 MB"\nmax-metadata = 1000\nmin-rate-time = 5\n')

    limits = load({"AXLETREE_MAX_WAIT": "0", "AXLETREE_MAX_FILE": "1GB"}, file).limits

    assert (limits.page_bytes, limits.metadata_bytes) == (1_500_000, 1000)
    assert (limits.rate_window_s, limits.wait_s) == (5, 0)
    assert limits.file_bytes == 10**9
    assert limits.redirects == 5


def test_a_limit_that_is_no_size_is_wrong_usage() -> None:
    with pytest.raises(InvalidSettingsError, match="a size such as 64 MB"):
        load({"AXLETREE_MAX_PAGE": "much"})


def test_limits_of_builds_are_settings(tmp_path: Path) -> None:
    file = tmp_path / "axletree.toml"
    file.write_text('build-memory = "4 GB"\nbuild-processes = 100\nbuild-time = 60\n')

    limits = load({"AXLETREE_QUESTION_TIME": "30"}, file).build_limits

    assert limits == BuildLimits(
        memory_bytes=4 * 10**9, processes=100, wall_s=60, question_s=30
    )
    assert load({}).build_limits == BuildLimits()


@pytest.mark.parametrize(
    "text",
    [
        "build-memory = '1 MB'",
        "build-room = 'much'",
        "build-processes = 1",
        "build-time = 0",
        "question-time = 0.5",
    ],
)
def test_limits_in_which_nothing_builds_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "axletree.toml"
    file.write_text(text)

    with pytest.raises(InvalidSettingsError, match=text.partition(" =")[0]):
        load({}, file)


def test_an_address_of_a_database_with_a_line_break_is_refused_untold() -> None:
    url = "postgresql://u:sekret@h/db\n"
    with pytest.raises(InvalidSettingsError) as caught:
        load({"HOME": "/h", "AXLETREE_DATABASE": url})

    assert "line breaks" in caught.value.what
    assert "sekret" not in str(caught.value)


_REACHED = {
    "HOME": "/h",
    "AXLETREE_FILES": "s3://bucket/prefix",
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "se/k+ret=",
    "AWS_SESSION_TOKEN": "to/k+en==",
    "AWS_REGION": "eu-central-1",
    "AWS_ENDPOINT_URL": "http://[::1]:8333/s3",
}


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        # What a secret has that was made with `echo`; obstore panics at it.
        ("AWS_ACCESS_KEY_ID", "sekret\n"),
        ("AWS_SECRET_ACCESS_KEY", "sekret\r\n"),
        ("AWS_SECRET_ACCESS_KEY", ""),
        ("AWS_ACCESS_KEY_ID", ""),
        ("AWS_SESSION_TOKEN", "sek ret"),
        ("AWS_REGION", "eu/central 1"),
        ("AWS_DEFAULT_REGION", "../"),
        ("AWS_ENDPOINT_URL", "127.0.0.1:8333"),
        ("AWS_ENDPOINT_URL", "http://"),
        ("AWS_ENDPOINT_URL", "http://h:99999"),
        ("AWS_ENDPOINT_URL", "ftp://h"),
        ("AWS_ENDPOINT_URL", "http://u:sekret@h"),
        ("AWS_ENDPOINT_URL", "http://h/?sekret"),
        ("AWS_ENDPOINT_URL_S3", "http://h h"),
    ],
)
def test_what_reaches_no_bucket_is_named_where_files_are_in_one(
    variable: str, text: str
) -> None:
    with pytest.raises(InvalidSettingsError) as caught:
        load({**_REACHED, variable: text})

    assert caught.value.where == variable
    assert variable in caught.value.what
    assert "sekret" not in str(caught.value)
    load({**_REACHED, variable: text, "AXLETREE_FILES": ""})


def test_what_reaches_a_bucket_is_taken_as_it_is() -> None:
    assert load(_REACHED).aws.items() <= _REACHED.items()
