"""5.9, Model.save: wrong answers. course/chaffs.py says how this file is read."""


def the_id_says_whether_it_is_stored(self):
    """Your function behaves like one that takes an object with an id for a stored one. Post(id=7)
    has an id and is new: its first save() inserts it. What the table holds is in self._stored,
    which is None until then."""
    row = {field.column: vars(self)[field.column] for field in self._fields.values()}
    for name in vars(self).keys() - row.keys():
        if not name.startswith("_") and not hasattr(type(self), name):
            find_field(type(self), name)
    if self.id is None:
        row["id"] = self.id = insert_row(type(self), row)
    else:
        stored = self._stored or {}
        changed = {name: row[name] for name in row if row[name] != stored.get(name)}
        same_row = self.select().where(type(self).id == stored.get("id", self.id))
        if changed and not same_row.update(**changed):
            raise DoesNotExist(f"{self!r} cannot be updated: its row is gone")
    self._stored = row
    return self


def every_save_inserts(self):
    """Your function behaves like one that inserts the object each time. One that was loaded, or
    saved before, has its row already: the database refuses a second one with that id. Whether it is
    new is written in self._stored."""
    row = {field.column: vars(self)[field.column] for field in self._fields.values()}
    for name in vars(self).keys() - row.keys():
        if not name.startswith("_") and not hasattr(type(self), name):
            find_field(type(self), name)
    row["id"] = self.id = insert_row(type(self), row)
    self._stored = row
    return self


def the_new_id_is_not_given_back(self):
    """Your function behaves like one that inserts the row and does not look at the id which the
    database has given it. Then nobody can point at the new object, or find it again. insert_row()
    returns the id: it belongs into the object and into what is stored."""
    row = {field.column: vars(self)[field.column] for field in self._fields.values()}
    for name in vars(self).keys() - row.keys():
        if not name.startswith("_") and not hasattr(type(self), name):
            find_field(type(self), name)
    if self._stored is None:
        insert_row(type(self), row)
    else:
        changed = {name: row[name] for name in row if row[name] != self._stored[name]}
        if changed and not self._same_row().update(**changed):
            raise DoesNotExist(f"{self!r} cannot be updated: its row is gone")
    self._stored = row
    return self


def does_not_remember_what_it_has_stored(self):
    """Your function behaves like one that writes the row and leaves self._stored as it was. A new
    object would count as new for ever, and be inserted again by the next save(); a changed one
    would be compared with what lay in the table long ago. At the end, the row is what is stored."""
    row = {field.column: vars(self)[field.column] for field in self._fields.values()}
    for name in vars(self).keys() - row.keys():
        if not name.startswith("_") and not hasattr(type(self), name):
            find_field(type(self), name)
    if self._stored is None:
        self.id = insert_row(type(self), row)
    else:
        changed = {name: row[name] for name in row if row[name] != self._stored[name]}
        if changed and not self._same_row().update(**changed):
            raise DoesNotExist(f"{self!r} cannot be updated: its row is gone")
    return self


def writes_every_column(self):
    """Your function behaves like one that updates all columns of a stored object. Two requests that
    change different columns of one row would take back each other's work: each writes the old
    values of the rest (a lost update). Write only what differs from self._stored."""
    row = {field.column: vars(self)[field.column] for field in self._fields.values()}
    for name in vars(self).keys() - row.keys():
        if not name.startswith("_") and not hasattr(type(self), name):
            find_field(type(self), name)
    if self._stored is None:
        row["id"] = self.id = insert_row(type(self), row)
    elif row != self._stored and not self._same_row().update(**row):
        raise DoesNotExist(f"{self!r} cannot be updated: its row is gone")
    self._stored = row
    return self


def empty_values_are_not_written(self):
    """Your function behaves like one that leaves out values which are false. None, 0 and the empty
    text are values, too: user.age = None takes an age away. What counts is whether a value differs
    from the stored one."""
    row = {field.column: vars(self)[field.column] for field in self._fields.values()}
    for name in vars(self).keys() - row.keys():
        if not name.startswith("_") and not hasattr(type(self), name):
            find_field(type(self), name)
    if self._stored is None:
        row["id"] = self.id = insert_row(type(self), row)
    else:
        changed = {n: value for n, value in row.items() if value and value != self._stored[n]}
        if changed and not self._same_row().update(**changed):
            raise DoesNotExist(f"{self!r} cannot be updated: its row is gone")
    self._stored = row
    return self


def nobody_notices_that_the_row_is_gone(self):
    """Your function behaves like one that does not look at what an update returns. If somebody has
    deleted the row meanwhile, the update matches none, and what was to be saved is lost without a
    word. update() says how many rows there were; the docstring names the error."""
    row = {field.column: vars(self)[field.column] for field in self._fields.values()}
    for name in vars(self).keys() - row.keys():
        if not name.startswith("_") and not hasattr(type(self), name):
            find_field(type(self), name)
    if self._stored is None:
        row["id"] = self.id = insert_row(type(self), row)
    elif changed := {name: row[name] for name in row if row[name] != self._stored[name]}:
        self._same_row().update(**changed)
    self._stored = row
    return self


def looks_for_the_row_by_its_new_id(self):
    """Your function behaves like one that looks for the row by the id that the object has now. If
    the id itself was changed, the table still has the old one. _same_row() looks by the id with
    which the object was loaded or saved."""
    row = {field.column: vars(self)[field.column] for field in self._fields.values()}
    for name in vars(self).keys() - row.keys():
        if not name.startswith("_") and not hasattr(type(self), name):
            find_field(type(self), name)
    if self._stored is None:
        row["id"] = self.id = insert_row(type(self), row)
    else:
        changed = {name: row[name] for name in row if row[name] != self._stored[name]}
        same_row = self.select().where(type(self).id == self.id)
        if changed and not same_row.update(**changed):
            raise DoesNotExist(f"{self!r} cannot be updated: its row is gone")
    self._stored = row
    return self


def slips_are_not_noticed(self):
    """Your function behaves like one that saves the fields and looks at nothing else. Python takes
    post.titel = "..." for a new attribute, and save() is the last that could notice: the title
    would stay as it was. An attribute that is neither private, nor on the class, nor a field is a
    slip."""
    row = {field.column: vars(self)[field.column] for field in self._fields.values()}
    if self._stored is None:
        row["id"] = self.id = insert_row(type(self), row)
    else:
        changed = {name: row[name] for name in row if row[name] != self._stored[name]}
        if changed and not self._same_row().update(**changed):
            raise DoesNotExist(f"{self!r} cannot be updated: its row is gone")
    self._stored = row
    return self


def every_attribute_must_be_a_field(self):
    """Your function behaves like one that takes every public attribute which is no field for a
    slip. A cached_property keeps its value in the object, under a name that the class has: that was
    written on purpose. Ask the class as well."""
    row = {field.column: vars(self)[field.column] for field in self._fields.values()}
    for name in vars(self).keys() - row.keys():
        if not name.startswith("_"):
            find_field(type(self), name)
    if self._stored is None:
        row["id"] = self.id = insert_row(type(self), row)
    else:
        changed = {name: row[name] for name in row if row[name] != self._stored[name]}
        if changed and not self._same_row().update(**changed):
            raise DoesNotExist(f"{self!r} cannot be updated: its row is gone")
    self._stored = row
    return self
