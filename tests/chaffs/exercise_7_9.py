"""7.9, permission_required: wrong answers. course/chaffs.py says how this file is read."""


def owner_needs_the_permission_too(permission, owner=None):
    """Your function behaves like one that asks for both: to be the owner and to have the
    permission. Then people may not edit what is theirs. Either is enough; the owner is asked
    first."""

    def check_permission(request, **parameters):
        objection = check_log_in(request)
        if objection is not None:
            return objection
        user = current_user(request)
        is_owner = owner is None or owner(request, **parameters) == user.id
        if is_owner and user.has_permission(permission):
            return None
        raise HTTPError(403, "You have no right to do that.")

    return guard(check_permission)


def only_the_owner_may(permission, owner=None):
    """Your function behaves like one that does not ask for the permission where there is an owner.
    An administrator could not delete what a stranger wrote. Who does not own it may still have the
    right to it."""

    def check_permission(request, **parameters):
        objection = check_log_in(request)
        if objection is not None:
            return objection
        user = current_user(request)
        if owner is not None:
            allowed = owner(request, **parameters) == user.id
        else:
            allowed = user.has_permission(permission)
        if allowed:
            return None
        raise HTTPError(403, "You have no right to do that.")

    return guard(check_permission)


def user_is_no_id(permission, owner=None):
    """Your function behaves like one that compares the owner with the user. owner() returns an id,
    a number, and no number equals a user: nobody ever owns anything. Compare ids."""

    def check_permission(request, **parameters):
        objection = check_log_in(request)
        if objection is not None:
            return objection
        user = current_user(request)
        if owner is not None and owner(request, **parameters) == user:
            return None
        if user.has_permission(permission):
            return None
        raise HTTPError(403, "You have no right to do that.")

    return guard(check_permission)


def objection_is_dropped(permission, owner=None):
    """Your function behaves like one that asks check_log_in() and does not listen. For a browser it
    does not raise, it returns a redirect; whoever throws that away goes on with a user who is None.
    What it returns, if not None, is the answer."""

    def check_permission(request, **parameters):
        check_log_in(request)
        user = current_user(request)
        if owner is not None and owner(request, **parameters) == user.id:
            return None
        if user.has_permission(permission):
            return None
        raise HTTPError(403, "You have no right to do that.")

    return guard(check_permission)


def stranger_may_not(permission, owner=None):
    """Your function behaves like one that says 403 to those who are not logged in. That ends the
    conversation, though they only have to log in first: 401, or the log-in page. check_log_in()
    knows which."""

    def check_permission(request, **parameters):
        user = current_user(request)
        if user is None:
            raise HTTPError(403, "You have no right to do that.")
        if owner is not None and owner(request, **parameters) == user.id:
            return None
        if user.has_permission(permission):
            return None
        raise HTTPError(403, "You have no right to do that.")

    return guard(check_permission)


def owner_before_log_in(permission, owner=None):
    """Your function behaves like one that asks for the owner before it knows who is there. A
    stranger learns which posts exist, by 404 or 401; and what nobody owns belongs to nobody, that
    is to everybody who is not logged in. Ask for the log-in first."""

    def check_permission(request, **parameters):
        user = current_user(request)
        user_id = None if user is None else user.id
        if owner is not None and owner(request, **parameters) == user_id:
            return None
        objection = check_log_in(request)
        if objection is not None:
            return objection
        if user.has_permission(permission):
            return None
        raise HTTPError(403, "You have no right to do that.")

    return guard(check_permission)


def refusal_is_a_page(permission, owner=None):
    """Your function behaves like one that returns a response that says 403. The application has
    handlers for errors, which make a page or JSON of them, and a returned response goes past them.
    Raise HTTPError."""

    def check_permission(request, **parameters):
        objection = check_log_in(request)
        if objection is not None:
            return objection
        user = current_user(request)
        if owner is not None and owner(request, **parameters) == user.id:
            return None
        if user.has_permission(permission):
            return None
        return Response("You have no right to do that.", 403)

    return guard(check_permission)


def log_in_again(permission, owner=None):
    """Your function behaves like one that says 401 to a user who may not. They are logged in, and
    to do it again would not help them. RFC 9110 section 15.5.4: who is known and may not gets
    403."""

    def check_permission(request, **parameters):
        objection = check_log_in(request)
        if objection is not None:
            return objection
        user = current_user(request)
        if owner is not None and owner(request, **parameters) == user.id:
            return None
        if user.has_permission(permission):
            return None
        raise HTTPError(401, "You have no right to do that.")

    return guard(check_permission)


def decorator_of_its_own(permission, owner=None):
    """Your function behaves like one that wraps the view by itself. Above the route's decorator
    that is too late: the route has the bare view already, and everybody gets in. guard() makes a
    decorator that holds wherever it stands."""

    from functools import wraps

    def decorate(view):
        @wraps(view)
        def guarded(request, **parameters):
            objection = check_log_in(request)
            if objection is not None:
                return objection
            user = current_user(request)
            if owner is not None and owner(request, **parameters) == user.id:
                return view(request, **parameters)
            if user.has_permission(permission):
                return view(request, **parameters)
            raise HTTPError(403, "You have no right to do that.")

        return guarded

    return decorate
