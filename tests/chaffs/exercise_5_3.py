"""5.3, collect_fields: wrong answers. course/chaffs.py says how this file is read."""


def fields_shared_between_models(name, bases, namespace):
    """Your function behaves like one that returns the very objects that it has found. A field knows
    its model, because Python calls its __set_name__ when a class is made: of two models that share
    one, the first would speak for the table of the second. Each model needs fields of its own."""
    inherited = {}
    for base in reversed(bases):
        if not getattr(base, "_abstract", True):
            raise ModelError(f"{name}: {base.__name__} has a table; only abstract models are bases")
        inherited |= getattr(base, "_fields", {})
    own = {key: value for key, value in namespace.items() if isinstance(value, Field)}
    for key in namespace:
        is_taken = key not in inherited and any(hasattr(base, key) for base in bases)
        if key == "id" or (is_taken if key in own else key in inherited):
            raise ModelError(f"{name}.{key}: the name is taken by a base, choose another")
    fields = {"id": IntegerField(null=True)} | inherited | own
    return {check_identifier(key): field for key, field in fields.items()}


def only_inherited_fields_are_copied(name, bases, namespace):
    """Your function behaves like one that copies inherited fields and takes those of the class's
    own body as they are. Nothing says that they are used once: `first = title; second = title` is
    one object under two names, and would be one column. Copy them all."""
    inherited = {}
    for base in reversed(bases):
        if not getattr(base, "_abstract", True):
            raise ModelError(f"{name}: {base.__name__} has a table; only abstract models are bases")
        inherited |= getattr(base, "_fields", {})
    inherited = {key: copy.copy(field) for key, field in inherited.items()}
    own = {key: value for key, value in namespace.items() if isinstance(value, Field)}
    for key in namespace:
        is_taken = key not in inherited and any(hasattr(base, key) for base in bases)
        if key == "id" or (is_taken if key in own else key in inherited):
            raise ModelError(f"{name}.{key}: the name is taken by a base, choose another")
    fields = {"id": IntegerField(null=True)} | inherited | own
    return {check_identifier(key): field for key, field in fields.items()}


def python_inherits_the_fields(name, bases, namespace):
    """Your function behaves like one that leaves inheritance to Python. Attributes are looked up in
    the bases, and that finds a field when it is asked for by name; a table needs the list of all
    its columns when the class is made. The namespace holds the class's own body alone, so take
    _fields of the bases, too."""
    for base in bases:
        if not getattr(base, "_abstract", True):
            raise ModelError(f"{name}: {base.__name__} has a table; only abstract models are bases")
    own = {key: value for key, value in namespace.items() if isinstance(value, Field)}
    for key in namespace:
        is_inherited = any(key in getattr(base, "_fields", {}) for base in bases)
        is_taken = not is_inherited and any(hasattr(base, key) for base in bases)
        if key == "id" or (is_taken if key in own else is_inherited):
            raise ModelError(f"{name}.{key}: the name is taken by a base, choose another")
    fields = {"id": IntegerField(null=True)} | own
    return {check_identifier(key): copy.copy(field) for key, field in fields.items()}


def the_last_base_wins(name, bases, namespace):
    """Your function behaves like one that lets the last of several bases win. Of the methods of
    class Post(First, Second), those of First win (Python's method resolution order), and fields
    should not be the other way round. What is put into a dict later replaces what is there: in
    which order must the bases come?"""
    inherited = {}
    for base in bases:
        if not getattr(base, "_abstract", True):
            raise ModelError(f"{name}: {base.__name__} has a table; only abstract models are bases")
        inherited |= getattr(base, "_fields", {})
    own = {key: value for key, value in namespace.items() if isinstance(value, Field)}
    for key in namespace:
        is_taken = key not in inherited and any(hasattr(base, key) for base in bases)
        if key == "id" or (is_taken if key in own else key in inherited):
            raise ModelError(f"{name}.{key}: the name is taken by a base, choose another")
    fields = {"id": IntegerField(null=True)} | inherited | own
    return {check_identifier(key): copy.copy(field) for key, field in fields.items()}


def inherited_fields_replace_own_ones(name, bases, namespace):
    """Your function behaves like one that lets a base decide where the class itself has a field of
    that name. A subclass that says `title = TextField(max_length=10)` wants it so, as with methods.
    The class's own fields come last, and replace what was inherited."""
    inherited = {}
    for base in reversed(bases):
        if not getattr(base, "_abstract", True):
            raise ModelError(f"{name}: {base.__name__} has a table; only abstract models are bases")
        inherited |= getattr(base, "_fields", {})
    own = {key: value for key, value in namespace.items() if isinstance(value, Field)}
    for key in namespace:
        is_taken = key not in inherited and any(hasattr(base, key) for base in bases)
        if key == "id" or (is_taken if key in own else key in inherited):
            raise ModelError(f"{name}.{key}: the name is taken by a base, choose another")
    fields = {"id": IntegerField(null=True)} | own | inherited
    return {check_identifier(key): copy.copy(field) for key, field in fields.items()}


def the_id_comes_last(name, bases, namespace):
    """Your function behaves like one that adds the id when it has all other fields. The order of
    the fields is that of the columns, and the rest of the ORM counts on the id in front. The
    docstring gives the order."""
    inherited = {}
    for base in reversed(bases):
        if not getattr(base, "_abstract", True):
            raise ModelError(f"{name}: {base.__name__} has a table; only abstract models are bases")
        inherited |= getattr(base, "_fields", {})
    inherited.pop("id", None)
    own = {key: value for key, value in namespace.items() if isinstance(value, Field)}
    for key in namespace:
        is_taken = key not in inherited and any(hasattr(base, key) for base in bases)
        if key == "id" or (is_taken if key in own else key in inherited):
            raise ModelError(f"{name}.{key}: the name is taken by a base, choose another")
    fields = inherited | own | {"id": IntegerField(null=True)}
    return {check_identifier(key): copy.copy(field) for key, field in fields.items()}


def every_base_is_a_model(name, bases, namespace):
    """Your function behaves like one that asks every base for its fields. A plain class among the
    bases, one that brings a few methods along, has no _fields and no _abstract. Ask with getattr
    and a default."""
    inherited = {}
    for base in reversed(bases):
        if not base._abstract:
            raise ModelError(f"{name}: {base.__name__} has a table; only abstract models are bases")
        inherited |= base._fields
    own = {key: value for key, value in namespace.items() if isinstance(value, Field)}
    for key in namespace:
        is_taken = key not in inherited and any(hasattr(base, key) for base in bases)
        if key == "id" or (is_taken if key in own else key in inherited):
            raise ModelError(f"{name}.{key}: the name is taken by a base, choose another")
    fields = {"id": IntegerField(null=True)} | inherited | own
    return {check_identifier(key): copy.copy(field) for key, field in fields.items()}


def a_model_with_a_table_is_a_base(name, bases, namespace):
    """Your function behaves like one that lets a model inherit from one that has a table. Python
    would call each News a Post, and no query on posts would ever find it: the two tables know
    nothing of each other. Refuse a base that is not abstract, and name it."""
    inherited = {}
    for base in reversed(bases):
        inherited |= getattr(base, "_fields", {})
    own = {key: value for key, value in namespace.items() if isinstance(value, Field)}
    for key in namespace:
        is_taken = key not in inherited and any(hasattr(base, key) for base in bases)
        if key == "id" or (is_taken if key in own else key in inherited):
            raise ModelError(f"{name}.{key}: the name is taken by a base, choose another")
    fields = {"id": IntegerField(null=True)} | inherited | own
    return {check_identifier(key): copy.copy(field) for key, field in fields.items()}


def a_field_may_hide_a_method(name, bases, namespace):
    """Your function behaves like one that takes a field under any name. One called `save` would
    hide the method: post.save() would call a text. A field may replace an inherited field; the name
    of anything else that a base has is taken."""
    inherited = {}
    for base in reversed(bases):
        if not getattr(base, "_abstract", True):
            raise ModelError(f"{name}: {base.__name__} has a table; only abstract models are bases")
        inherited |= getattr(base, "_fields", {})
    own = {key: value for key, value in namespace.items() if isinstance(value, Field)}
    for key in namespace:
        if key == "id" or (key not in own and key in inherited):
            raise ModelError(f"{name}.{key}: the name is taken by a base, choose another")
    fields = {"id": IntegerField(null=True)} | inherited | own
    return {check_identifier(key): copy.copy(field) for key, field in fields.items()}


def a_method_may_hide_a_field(name, bases, namespace):
    """Your function behaves like one that looks at the names of new fields alone. A method or a
    value under the name of an inherited field would take the field's place in the class, and the
    table would still have the column. Look at every name of the namespace."""
    inherited = {}
    for base in reversed(bases):
        if not getattr(base, "_abstract", True):
            raise ModelError(f"{name}: {base.__name__} has a table; only abstract models are bases")
        inherited |= getattr(base, "_fields", {})
    own = {key: value for key, value in namespace.items() if isinstance(value, Field)}
    for key in own:
        is_taken = key not in inherited and any(hasattr(base, key) for base in bases)
        if key == "id" or is_taken:
            raise ModelError(f"{name}.{key}: the name is taken by a base, choose another")
    fields = {"id": IntegerField(null=True)} | inherited | own
    return {check_identifier(key): copy.copy(field) for key, field in fields.items()}


def no_name_may_be_used_again(name, bases, namespace):
    """Your function behaves like one that refuses every name which a base has already. A model may
    give an inherited field another length or another default: a field in the place of a field is
    the one thing that is allowed. Tell it apart from a field in the place of a method."""
    inherited = {}
    for base in reversed(bases):
        if not getattr(base, "_abstract", True):
            raise ModelError(f"{name}: {base.__name__} has a table; only abstract models are bases")
        inherited |= getattr(base, "_fields", {})
    own = {key: value for key, value in namespace.items() if isinstance(value, Field)}
    for key in own:
        if key == "id" or any(hasattr(base, key) for base in bases):
            raise ModelError(f"{name}.{key}: the name is taken by a base, choose another")
    for key in namespace:
        if key in inherited:
            raise ModelError(f"{name}.{key}: the name is taken by a base, choose another")
    fields = {"id": IntegerField(null=True)} | inherited | own
    return {check_identifier(key): copy.copy(field) for key, field in fields.items()}
