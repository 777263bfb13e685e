"""6.1, make_environment: wrong answers. course/chaffs.py says how this file is read."""


def escapes_nothing(folder):
    """Your function behaves like one that leaves escaping to Jinja2's default, which is off. Then
    every text that a visitor typed is markup, and one <script> runs in everybody's browser. Look up
    autoescape."""
    if not folder.is_dir():
        raise TemplateError(f"there is no folder {folder} to take templates from")
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        auto_reload=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def escapes_by_file_name(folder):
    """Your function behaves like one that escapes in templates of some names only, as
    select_autoescape() does: .html yes, .txt and no ending at all no. What a page is made of must
    not depend on what its file is called; a value is text in every template."""
    if not folder.is_dir():
        raise TemplateError(f"there is no folder {folder} to take templates from")
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=jinja2.select_autoescape(),
        undefined=jinja2.StrictUndefined,
        auto_reload=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def misspelt_name_is_empty(folder):
    """Your function behaves like one that takes an unknown name for an empty text, as Jinja2 does
    unless it is told otherwise. A misspelt name then leaves a gap in the page, and nobody notices.
    Jinja2 has several classes of undefined values: which one raises whenever it is used?"""
    if not folder.is_dir():
        raise TemplateError(f"there is no folder {folder} to take templates from")
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        auto_reload=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def missing_folder_is_found_late(folder):
    """Your function behaves like one that never looks whether the folder is there. FileSystemLoader
    does not either, so the mistake would show at the first page, as a template that is missing.
    Raise TemplateError at once, and name the folder."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def read_once_and_for_all(folder):
    """Your function behaves like one that compiles a template once and never looks at its file
    again. Whoever changes a page would have to start the server anew to see it. Jinja2 can compare
    the time of the file with what it remembers."""
    if not folder.is_dir():
        raise TemplateError(f"there is no folder {folder} to take templates from")
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def lines_of_tags_stay(folder):
    """Your function behaves like one that keeps what stands around {% ... %}: the blanks before it
    and the line end after it. A list of a hundred rows comes with two hundred empty lines. Two
    arguments of the environment take them away, one for each side of the tag."""
    if not folder.is_dir():
        raise TemplateError(f"there is no folder {folder} to take templates from")
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=True,
        keep_trailing_newline=True,
    )


def blanks_before_tags_stay(folder):
    """Your function behaves like one that takes away the line end behind {% ... %}, but not the
    blanks before it. Where the tag is indented, those blanks move to the front of the next line.
    trim_blocks looks at one side of the tag; find its partner for the other."""
    if not folder.is_dir():
        raise TemplateError(f"there is no folder {folder} to take templates from")
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=True,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
