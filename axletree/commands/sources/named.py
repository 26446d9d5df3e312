"""Which sources are meant: those of the options, of the files, or of the settings."""

from dataclasses import replace
from pathlib import Path

from axletree.commands.options.question import Asked
from axletree.commands.options.shared import SourceOptions
from axletree.config import IndexStrategy, Settings, find_file, load
from axletree.environ import process_environment
from axletree.reading import current_folder
from axletree.resolver.inputs.requirement_lines import redact


def settings_for(source: SourceOptions | None = None) -> Settings:
    """Load the settings of this run; options come last."""
    settings = load(process_environment(), find_file(Path(current_folder())))
    if source is not None and source.cache_dir is not None:
        settings = replace(settings, cache_dir=source.cache_dir)
    return settings


def first_index(source: SourceOptions, asked: Asked, settings: Settings) -> str | None:
    """Name the first index: the options', else the files', else the settings'.

    A folder of files stands for itself: the settings' index is not asked beside it.
    """
    parsed = asked.parsed
    if source.index_url is not None or parsed.has_no_index:
        return source.index_url
    if source.view is not None:
        return None
    if parsed.index_url is not None or source.find_links or parsed.find_links:
        return parsed.index_url
    return settings.index_url


def folders_of(source: SourceOptions, asked: Asked) -> tuple[str, ...]:
    """List the folders of files: the options', then the files'."""
    if source.view is not None:
        return source.find_links
    return (*source.find_links, *asked.parsed.find_links)


def strategy_of(source: SourceOptions, settings: Settings) -> IndexStrategy:
    """Tell how several indexes are read as one; options come last."""
    return source.index_strategy or settings.index_strategy


def notes_on(source: SourceOptions, asked: Asked) -> tuple[str, ...]:
    """Say what of the files is not heeded, by itself or beside what is asked."""
    parsed = asked.parsed
    if source.view is not None:
        named = (parsed.index_url, *parsed.extra_index_urls, *parsed.find_links)
        urls = ", ".join(redact(url) for url in named if url)
        not_used = f"{urls} is not used: --view {source.view} names the wheelhouse"
        return (*parsed.notes, not_used) if urls else parsed.notes
    if not is_extra_unasked(source, asked, settings_for(source)):
        return parsed.notes
    urls = ", ".join(map(redact, parsed.extra_index_urls))
    why = "there is no first index: name one with --index-url"
    return (*parsed.notes, f"--extra-index-url {urls} is not used: {why}")


def is_extra_unasked(source: SourceOptions, asked: Asked, settings: Settings) -> bool:
    """Tell whether a file names a further index where no index is asked."""
    return (
        source.universe is None
        and bool(asked.parsed.extra_index_urls)
        and not source.extra_index_urls
        and not asked.parsed.has_no_index
        and first_index(source, asked, settings) is None
    )
