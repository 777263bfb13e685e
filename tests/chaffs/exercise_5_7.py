"""5.7, Query._load_row: wrong answers. course/chaffs.py says how this file is read."""


def the_first_object_alone(self, row):
    """Your function behaves like one that returns the object of the first model, joined or not. Who
    joins wants both: for post, user in Post.select().join(User). With joins the answer is a tuple,
    in the order of _models()."""
    cells = iter(row)
    objects = {model: load_object(model, cells) for model in self._models()}
    for _kind, _model, key in self.joins:
        owner, target = objects[key.model], objects[key.target]
        if owner is not None and target is not None:
            setattr(owner, key.name, target)
    return objects[self.model]


def always_a_tuple(self, row):
    """Your function behaves like one that returns a tuple even if there is one model. Then nobody
    can write post.title for what Post.select() yields. Without joins the answer is the object
    itself."""
    cells = iter(row)
    objects = {model: load_object(model, cells) for model in self._models()}
    for _kind, _model, key in self.joins:
        owner, target = objects[key.model], objects[key.target]
        if owner is not None and target is not None:
            setattr(owner, key.name, target)
    return tuple(objects.values())


def each_model_from_the_start_of_the_row(self, row):
    """Your function behaves like one that begins each object at the first cell of the row. The
    row holds the columns of all models, one model after the other. One iterator for the whole row
    remembers where the last object has ended."""
    objects = {model: load_object(model, iter(row)) for model in self._models()}
    for _kind, _model, key in self.joins:
        owner, target = objects[key.model], objects[key.target]
        if owner is not None and target is not None:
            setattr(owner, key.name, target)
    return tuple(objects.values()) if self.joins else objects[self.model]


def objects_that_do_not_know_each_other(self, row):
    """Your function behaves like one that makes both objects and does not connect them. The next
    post.author would ask the database for a user that lies beside it. Each of self.joins says by
    which foreign key it went: set that attribute."""
    cells = iter(row)
    objects = {model: load_object(model, cells) for model in self._models()}
    return tuple(objects.values()) if self.joins else objects[self.model]


def the_first_model_has_the_key(self, row):
    """Your function behaves like one that always sets the foreign key on the first object. In
    Post.select().left_join(Comment) it is the comment that points at the post. The key says on
    which side it is: key.model has it, key.target is what it points at."""
    cells = iter(row)
    objects = {model: load_object(model, cells) for model in self._models()}
    for _kind, model, key in self.joins:
        if objects[model] is not None:
            setattr(objects[self.model], key.name, objects[model])
    return tuple(objects.values()) if self.joins else objects[self.model]


def a_join_always_finds_something(self, row):
    """Your function behaves like one that expects an object for each model. A left join gives None
    where nothing belongs to a row, and None has no foreign key to be set. Look at both objects
    before you connect them."""
    cells = iter(row)
    objects = {model: load_object(model, cells) for model in self._models()}
    for _kind, _model, key in self.joins:
        setattr(objects[key.model], key.name, objects[key.target])
    return tuple(objects.values()) if self.joins else objects[self.model]


def rows_without_a_partner_are_left_out(self, row):
    """Your function behaves like one that leaves None out of the tuple. The loop
    `for post, comment in ...` needs two things in each row, and wants to see that a post has no
    comment. A place that is empty is None."""
    cells = iter(row)
    objects = {model: load_object(model, cells) for model in self._models()}
    for _kind, _model, key in self.joins:
        owner, target = objects[key.model], objects[key.target]
        if owner is not None and target is not None:
            setattr(owner, key.name, target)
    found = tuple(each for each in objects.values() if each is not None)
    return found if self.joins else objects[self.model]


def a_list_of_objects(self, row):
    """Your function behaves like one that returns the objects of a row as a list. A row is one
    thing with a fixed number of parts, and the docstring promises a tuple: it can be compared with
    one, and be a key of a dict."""
    cells = iter(row)
    objects = {model: load_object(model, cells) for model in self._models()}
    for _kind, _model, key in self.joins:
        owner, target = objects[key.model], objects[key.target]
        if owner is not None and target is not None:
            setattr(owner, key.name, target)
    return list(objects.values()) if self.joins else objects[self.model]
