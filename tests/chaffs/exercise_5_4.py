"""5.4, Field.__get__: wrong answers. course/chaffs.py says how this file is read."""


def the_field_itself(self, instance, model):
    """Your function behaves like one that returns the field when the class is asked. Many
    descriptors do that; but a field is a description of a column, and cannot be compared to make a
    condition. What Post.title > "a" needs is a piece of SQL: a Column, of the model that was asked
    and of this field."""
    if instance is None:
        return self
    raise ModelError(f"{model.__name__}.{self.name} has no value: did Model.__init__ run?")


def an_expression_that_cannot_be_compared(self, instance, model):
    """Your function behaves like one that returns a plain Expression on the class. Its SQL is
    right, and it does not know what > or == mean, nor which values the field takes. There is an
    Expression that does; look for the class whose docstring says "what Post.likes is"."""
    from .expressions import Expression

    if instance is None:
        return Expression(f'"{model._table}"."{self.column}"')
    raise ModelError(f"{model.__name__}.{self.name} has no value: did Model.__init__ run?")


def a_column_on_the_instance_too(self, instance, model):
    """Your function behaves like one that gives the same answer on the class and on an instance. An
    instance comes here only when it has no value, and a piece of SQL in the value's place would
    show itself somewhere far away. Look at `instance` first; without a value there is nothing to
    return, so raise."""
    return Column(model, self)


def looks_into_the_dict_itself(self, instance, model):
    """Your function behaves like one that looks for the value in the instance's dict. Python has
    done so already: a field has no __set__, so it is called only where the dict has nothing
    (Python reference, section 3.3.2.3). A KeyError tells nobody that Model.__init__ did not run:
    raise a ModelError that does."""
    if instance is None:
        return Column(model, self)
    return vars(instance)[self.name]


def an_empty_object_is_no_object(self, instance, model):
    """Your function behaves like one that asks whether the instance is true. An object with a
    __len__ of 0 is false in Python, and it is an object all the same. What Python hands over on the
    class is None: ask for that."""
    if not instance:
        return Column(model, self)
    raise ModelError(f"{model.__name__}.{self.name} has no value: did Model.__init__ run?")
