"""7.7, log_in: wrong answers. course/chaffs.py says how this file is read."""


def same_id_as_before(request, user):
    """Your function behaves like one that keeps the session's id. Somebody who planted their own id
    in this browser, or saw it before the log-in, is logged in with it now: session fixation.
    Whoever gains rights goes on under a new id."""
    session = current_session(request)
    if session.get(USER_ID) not in (None, user.id):
        session.clear()
    session[USER_ID] = user.id
    request.context["user"] = user


def next_user_inherits(request, user):
    """Your function behaves like one that keeps everything, whoever was here before. The cart of
    the last user, and what they had typed, would belong to the next one at this browser. Look who
    the session belonged to."""
    session = current_session(request)
    session.rotate()
    session[USER_ID] = user.id
    request.context["user"] = user


def begins_with_nothing(request, user):
    """Your function behaves like one that empties the session at every log-in. What a visitor did
    before (a cart, say) is theirs, and many log in only to pay for it. Only what belonged to
    somebody else must go."""
    session = current_session(request)
    session.clear()
    session.rotate()
    session[USER_ID] = user.id
    request.context["user"] = user


def same_user_is_another(request, user):
    """Your function behaves like one that empties the session whenever somebody was logged in, even
    if it was the same user. Who logs in twice, in two tabs, would lose what they had. Compare who
    was here with who comes."""
    session = current_session(request)
    if USER_ID in session:
        session.clear()
    session.rotate()
    session[USER_ID] = user.id
    request.context["user"] = user


def context_is_not_told(request, user):
    """Your function behaves like one that writes the session and not the context. The view that
    logs somebody in often shows a page with their name: current_user() would ask the database for
    the user who is here already, or still say that it is nobody."""
    session = current_session(request)
    if session.get(USER_ID) not in (None, user.id):
        session.clear()
    session.rotate()
    session[USER_ID] = user.id


def predictable_session_id(request, user):
    """Your function behaves like one that makes the session's id out of the user's. A hash of 1
    looks random and is not: anybody can hash numbers, and be everybody. An id is worth something
    because nobody can guess it; rotate() takes 256 random bits."""
    session = current_session(request)
    if session.get(USER_ID) not in (None, user.id):
        session.clear()
    session.id = hashlib.sha256(str(user.id).encode()).hexdigest()
    session[USER_ID] = user.id
    request.context["user"] = user
