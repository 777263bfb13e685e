"""5.8, ForeignKey.__get__: wrong answers. course/chaffs.py says how this file is read."""


def asks_the_database_every_time(self, instance, model):
    """Your function behaves like one that loads the object whenever it is asked. A page that shows
    post.author.name and post.author.id would pay twice, and the two would be different objects.
    Keep what you have loaded beside the column, under the name self.kept."""
    if instance is None:
        return Column(model, self)
    key = getattr(instance, self.column)
    return None if key is None else self.target.get(key)


def what_is_kept_is_kept_for_ever(self, instance, model):
    """Your function behaves like one that returns the kept object without a look at the key. The
    column is the truth: after post.author_id = 7 the object that was loaded before is somebody
    else. Compare the ids, and load again where they differ."""
    if instance is None:
        return Column(model, self)
    kept = vars(instance).get(self.kept)
    if kept is None:
        key = getattr(instance, self.column)
        if key is not None:
            kept = vars(instance)[self.kept] = self.target.get(key)
    return kept


def null_is_looked_up(self, instance, model):
    """Your function behaves like one that looks for a row with the id None. A foreign key that is
    NULL points at nothing, and that is no error: a post may have no editor. Its object is None, and
    the database need not be asked."""
    if instance is None:
        return Column(model, self)
    key, kept = getattr(instance, self.column), vars(instance).get(self.kept)
    if kept is None or kept.id != key:
        kept = vars(instance)[self.kept] = self.target.get(key)
    return kept


def a_missing_row_is_none(self, instance, model):
    """Your function behaves like one that answers None where the key points at a row that does not
    exist. None means "no author", and here there is an author's id with nobody behind it: that is a
    mistake, and should be heard. The target has one way of asking that raises DoesNotExist, and one
    that does not."""
    if instance is None:
        return Column(model, self)
    key, kept = getattr(instance, self.column), vars(instance).get(self.kept)
    if key is not None and (kept is None or kept.id != key):
        kept = vars(instance)[self.kept] = self.target.get_or_none(key)
    return None if key is None else kept


def the_target_on_the_class(self, instance, model):
    """Your function behaves like one that answers Post.author with the model User. It is the column
    that conditions and joins need, Post.author == ann, as with any other field. Who wants the model
    that is pointed at can ask the field for its target."""
    if instance is None:
        return self.target
    key, kept = getattr(instance, self.column), vars(instance).get(self.kept)
    if key is not None and (kept is None or kept.id != key):
        kept = vars(instance)[self.kept] = self.target.get(key)
    return None if key is None else kept


def kept_under_a_name_of_its_own(self, instance, model):
    """Your function behaves like one that keeps the object where only it looks. __set__ and the
    joins put what they have been given under self.kept: an object that is there already would be
    loaded once more. All of them must use one place."""
    if instance is None:
        return Column(model, self)
    place = f"_loaded_{self.name}"
    key, kept = getattr(instance, self.column), vars(instance).get(place)
    if key is not None and (kept is None or kept.id != key):
        kept = vars(instance)[place] = self.target.get(key)
    return None if key is None else kept


def an_id_of_zero_is_none(self, instance, model):
    """Your function behaves like one that asks whether the id is true. 0 is false in Python, and an
    id like any other on both databases. What means "nothing" is None, and None alone."""
    if instance is None:
        return Column(model, self)
    key, kept = getattr(instance, self.column), vars(instance).get(self.kept)
    if key and (kept is None or kept.id != key):
        kept = vars(instance)[self.kept] = self.target.get(key)
    return kept if key else None
