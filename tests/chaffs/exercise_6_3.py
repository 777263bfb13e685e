"""6.3, Templates.render: wrong answers. course/chaffs.py says how this file is read."""


def jinjas_own_words(self, name, /, **values):
    """Your function behaves like one that lets Jinja2's errors through as they are. They do not say
    which line of which template to mend, and whoever catches TemplateError misses them. Catch them,
    and raise a TemplateError that says more."""
    return self.environment.get_template(name).render(values)


def says_no_place(self, name, /, **values):
    """Your function behaves like one that says what is wrong, and not where. A page is made of a
    layout, of includes and of macros: the mistake may stand in any of them. place() reads file and
    line out of the error's traceback."""
    try:
        return self.environment.get_template(name).render(values)
    except jinja2.TemplateNotFound as error:
        problem = f"there is no template {error.name!r} in {self.folder}"
        problem += hint(str(error.name), self.environment.list_templates())
        raise TemplateError(problem) from None
    except UnicodeDecodeError as error:
        raise TemplateError(f"{name}, or what it uses, is not UTF-8: {error}") from None
    except jinja2.TemplateError as error:
        problem = str(error.message)
        undefined = re.fullmatch(r"'(\w+)' is undefined", problem)
        if undefined and undefined[1] in values:
            problem += " here: a macro that is imported sees only what it is given"
        elif undefined:
            problem += hint(undefined[1], [*values, *self.globals])
        raise TemplateError(problem) from None


def page_is_to_blame(self, name, /, **values):
    """Your function behaves like one that takes the template that was asked for to be the one that
    is missing. It may be there, and extend or include another that is not: TemplateNotFound knows
    the name that was looked for."""
    try:
        return self.environment.get_template(name).render(values)
    except jinja2.TemplateNotFound as error:
        problem = f"there is no template {name!r} in {self.folder}"
        problem += hint(name, self.environment.list_templates())
        raise TemplateError(self.place(error) + problem) from None
    except UnicodeDecodeError as error:
        raise TemplateError(f"{name}, or what it uses, is not UTF-8: {error}") from None
    except jinja2.TemplateError as error:
        problem = str(error.message)
        undefined = re.fullmatch(r"'(\w+)' is undefined", problem)
        if undefined and undefined[1] in values:
            problem += " here: a macro that is imported sees only what it is given"
        elif undefined:
            problem += hint(undefined[1], [*values, *self.globals])
        raise TemplateError(self.place(error) + problem) from None


def suggests_nothing(self, name, /, **values):
    """Your function behaves like one that says what is wrong and stops there. Most unknown names
    are misspelt ones, and what was meant is at hand: the environment knows its templates, the page
    its values. hint() makes a sentence of that."""
    try:
        return self.environment.get_template(name).render(values)
    except jinja2.TemplateNotFound as error:
        problem = f"there is no template {error.name!r} in {self.folder}"
        raise TemplateError(self.place(error) + problem) from None
    except UnicodeDecodeError as error:
        raise TemplateError(f"{name}, or what it uses, is not UTF-8: {error}") from None
    except jinja2.TemplateError as error:
        problem = str(error.message)
        undefined = re.fullmatch(r"'(\w+)' is undefined", problem)
        if undefined and undefined[1] in values:
            problem += " here: a macro that is imported sees only what it is given"
        raise TemplateError(self.place(error) + problem) from None


def globals_are_not_suggested(self, name, /, **values):
    """Your function behaves like one that looks for the right name among the page's own values
    only. Whoever misspelt url_for meant a global: every template knows those, too, so they belong
    among the names that may have been meant."""
    try:
        return self.environment.get_template(name).render(values)
    except jinja2.TemplateNotFound as error:
        problem = f"there is no template {error.name!r} in {self.folder}"
        problem += hint(str(error.name), self.environment.list_templates())
        raise TemplateError(self.place(error) + problem) from None
    except UnicodeDecodeError as error:
        raise TemplateError(f"{name}, or what it uses, is not UTF-8: {error}") from None
    except jinja2.TemplateError as error:
        problem = str(error.message)
        undefined = re.fullmatch(r"'(\w+)' is undefined", problem)
        if undefined and undefined[1] in values:
            problem += " here: a macro that is imported sees only what it is given"
        elif undefined:
            problem += hint(undefined[1], values)
        raise TemplateError(self.place(error) + problem) from None


def suggests_the_name_itself(self, name, /, **values):
    """Your function behaves like one that asks "did you mean 'user'?" of somebody who wrote 'user'.
    An imported macro does not see the page's values, so a name may be right, be among them, and
    still be undefined there. That is another mistake, and needs another sentence."""
    try:
        return self.environment.get_template(name).render(values)
    except jinja2.TemplateNotFound as error:
        problem = f"there is no template {error.name!r} in {self.folder}"
        problem += hint(str(error.name), self.environment.list_templates())
        raise TemplateError(self.place(error) + problem) from None
    except UnicodeDecodeError as error:
        raise TemplateError(f"{name}, or what it uses, is not UTF-8: {error}") from None
    except jinja2.TemplateError as error:
        problem = str(error.message)
        undefined = re.fullmatch(r"'(\w+)' is undefined", problem)
        if undefined:
            problem += hint(undefined[1], [*values, *self.globals])
        raise TemplateError(self.place(error) + problem) from None


def every_exception_is_the_templates(self, name, /, **values):
    """Your function behaves like one that makes a TemplateError of every exception. A template may
    call the application's own functions, and a bug in one of those is not mended in the template.
    Catch what Jinja2 raises, and let everything else go by."""
    try:
        return self.environment.get_template(name).render(values)
    except jinja2.TemplateNotFound as error:
        problem = f"there is no template {error.name!r} in {self.folder}"
        problem += hint(str(error.name), self.environment.list_templates())
        raise TemplateError(self.place(error) + problem) from None
    except UnicodeDecodeError as error:
        raise TemplateError(f"{name}, or what it uses, is not UTF-8: {error}") from None
    except Exception as error:
        problem = str(error)
        undefined = re.fullmatch(r"'(\w+)' is undefined", problem)
        if undefined and undefined[1] in values:
            problem += " here: a macro that is imported sees only what it is given"
        elif undefined:
            problem += hint(undefined[1], [*values, *self.globals])
        raise TemplateError(self.place(error) + problem) from None


def every_file_is_utf8(self, name, /, **values):
    """Your function behaves like one that expects only Jinja2's own errors. An editor that saves in
    another encoding makes a file that cannot be decoded, and Python says so with a
    UnicodeDecodeError, which names no file. That, too, is a template to mend."""
    try:
        return self.environment.get_template(name).render(values)
    except jinja2.TemplateNotFound as error:
        problem = f"there is no template {error.name!r} in {self.folder}"
        problem += hint(str(error.name), self.environment.list_templates())
        raise TemplateError(self.place(error) + problem) from None
    except jinja2.TemplateError as error:
        problem = str(error.message)
        undefined = re.fullmatch(r"'(\w+)' is undefined", problem)
        if undefined and undefined[1] in values:
            problem += " here: a macro that is imported sees only what it is given"
        elif undefined:
            problem += hint(undefined[1], [*values, *self.globals])
        raise TemplateError(self.place(error) + problem) from None
