"""4.7, Controller.surround: wrong answers. course/chaffs.py says how this file is read."""


def before_functions_have_no_say(self, view):
    """Your function behaves like one that calls the before functions and does not look at what they
    return. One that answers "you must log in" would be heard by nobody, and the view would run.
    What is not None is the answer."""

    @wraps(view)
    def surrounded(request, **parameters):
        try:
            for before in self.before_functions:
                before(request)
            response = to_response(view(request, **parameters))
        except Exception as error:
            response = self.answer_error(request, error)
        for after in self.after_functions:
            changed = after(request, response)
            if not isinstance(changed, Response):
                problem = f"{after.__name__} runs after views and returns a Response"
                raise TypeError(f"{problem}, not {changed!r}")
            response = changed
        return response

    return surrounded


def every_before_function_runs(self, view):
    """Your function behaves like one that goes on with the other before functions when one of them
    has answered. What it has refused would still be done in part, and a later answer would take the
    place of the first. The first answer ends the loop."""

    @wraps(view)
    def surrounded(request, **parameters):
        try:
            answer = None
            for before in self.before_functions:
                result = before(request)
                if answer is None:
                    answer = result
            response = to_response(view(request, **parameters) if answer is None else answer)
        except Exception as error:
            response = self.answer_error(request, error)
        for after in self.after_functions:
            changed = after(request, response)
            if not isinstance(changed, Response):
                problem = f"{after.__name__} runs after views and returns a Response"
                raise TypeError(f"{problem}, not {changed!r}")
            response = changed
        return response

    return surrounded


def an_empty_answer_is_none(self, view):
    """Your function behaves like one that asks whether a before function's answer is true. An empty
    text, dict or list is false in Python and an answer all the same: the view would run although it
    was not meant to. Only None means "go on"."""

    @wraps(view)
    def surrounded(request, **parameters):
        try:
            for before in self.before_functions:
                answer = before(request)
                if answer:
                    break
            else:
                answer = view(request, **parameters)
            response = to_response(answer)
        except Exception as error:
            response = self.answer_error(request, error)
        for after in self.after_functions:
            changed = after(request, response)
            if not isinstance(changed, Response):
                problem = f"{after.__name__} runs after views and returns a Response"
                raise TypeError(f"{problem}, not {changed!r}")
            response = changed
        return response

    return surrounded


def a_before_function_has_the_last_word(self, view):
    """Your function behaves like one that returns what a before function answers at once. The after
    functions get every response, this one too: they may set a cookie, or write the access log.
    Leave the loop, and go on below it."""

    @wraps(view)
    def surrounded(request, **parameters):
        try:
            for before in self.before_functions:
                answer = before(request)
                if answer is not None:
                    return to_response(answer)
            response = to_response(view(request, **parameters))
        except Exception as error:
            response = self.answer_error(request, error)
        for after in self.after_functions:
            changed = after(request, response)
            if not isinstance(changed, Response):
                problem = f"{after.__name__} runs after views and returns a Response"
                raise TypeError(f"{problem}, not {changed!r}")
            response = changed
        return response

    return surrounded


def before_functions_stand_outside_of_the_try(self, view):
    """Your function behaves like one that lets the error of a before function pass. Many of them
    are there to abort(401), and an error handler should answer that one as it answers the view's.
    One try stands around both."""

    @wraps(view)
    def surrounded(request, **parameters):
        for before in self.before_functions:
            answer = before(request)
            if answer is not None:
                response = to_response(answer)
                break
        else:
            try:
                response = to_response(view(request, **parameters))
            except Exception as error:
                response = self.answer_error(request, error)
        for after in self.after_functions:
            changed = after(request, response)
            if not isinstance(changed, Response):
                problem = f"{after.__name__} runs after views and returns a Response"
                raise TypeError(f"{problem}, not {changed!r}")
            response = changed
        return response

    return surrounded


def errors_pass_by_the_after_functions(self, view):
    """Your function behaves like one that runs the after functions only when all went well. A 404
    needs its fields and its line in the log like any other answer. They stand behind the try and
    what it catches, and not inside of it."""

    @wraps(view)
    def surrounded(request, **parameters):
        try:
            for before in self.before_functions:
                answer = before(request)
                if answer is not None:
                    break
            else:
                answer = view(request, **parameters)
            response = to_response(answer)
            for after in self.after_functions:
                changed = after(request, response)
                if not isinstance(changed, Response):
                    problem = f"{after.__name__} runs after views and returns a Response"
                    raise TypeError(f"{problem}, not {changed!r}")
                response = changed
        except Exception as error:
            response = self.answer_error(request, error)
        return response

    return surrounded


def answers_errors_by_itself(self, view):
    """Your function behaves like one that makes an error page as soon as it catches an HTTPError.
    The controller may have a handler for it, or the application that surrounds the controller.
    self.answer_error() asks them, and raises the error again where none of them answers."""

    @wraps(view)
    def surrounded(request, **parameters):
        try:
            for before in self.before_functions:
                answer = before(request)
                if answer is not None:
                    break
            else:
                answer = view(request, **parameters)
            response = to_response(answer)
        except HTTPError as error:
            response = error_response(error, request)
        except Exception as error:
            response = self.answer_error(request, error)
        for after in self.after_functions:
            changed = after(request, response)
            if not isinstance(changed, Response):
                problem = f"{after.__name__} runs after views and returns a Response"
                raise TypeError(f"{problem}, not {changed!r}")
            response = changed
        return response

    return surrounded


def after_functions_change_the_response_in_place(self, view):
    """Your function behaves like one that calls the after functions and keeps the response that it
    had. One of them may return another response, a compressed one, say. Each gets what the one
    before it has returned, and the last one's is the answer."""

    @wraps(view)
    def surrounded(request, **parameters):
        try:
            for before in self.before_functions:
                answer = before(request)
                if answer is not None:
                    break
            else:
                answer = view(request, **parameters)
            response = to_response(answer)
        except Exception as error:
            response = self.answer_error(request, error)
        for after in self.after_functions:
            after(request, response)
        return response

    return surrounded


def a_forgotten_return_is_forgiven(self, view):
    """Your function behaves like one that goes on with the old response where an after function
    returns nothing. Its author forgot the return, and on the day when the function returns another
    response, that one is lost in silence. Raise a TypeError that names the function."""

    @wraps(view)
    def surrounded(request, **parameters):
        try:
            for before in self.before_functions:
                answer = before(request)
                if answer is not None:
                    break
            else:
                answer = view(request, **parameters)
            response = to_response(answer)
        except Exception as error:
            response = self.answer_error(request, error)
        for after in self.after_functions:
            response = after(request, response) or response
        return response

    return surrounded


def after_functions_like_an_onion(self, view):
    """Your function behaves like one that runs the after functions from the last to the first. That
    is how wrappers lie around each other, and after functions are a list: whoever registers two of
    them expects the first to run first. The onion is there too, between application and
    controller."""

    @wraps(view)
    def surrounded(request, **parameters):
        try:
            for before in self.before_functions:
                answer = before(request)
                if answer is not None:
                    break
            else:
                answer = view(request, **parameters)
            response = to_response(answer)
        except Exception as error:
            response = self.answer_error(request, error)
        for after in reversed(self.after_functions):
            changed = after(request, response)
            if not isinstance(changed, Response):
                problem = f"{after.__name__} runs after views and returns a Response"
                raise TypeError(f"{problem}, not {changed!r}")
            response = changed
        return response

    return surrounded


def hides_the_signature_of_the_view(self, view):
    """Your function behaves like one that returns a function (request, **parameters), whatever the
    view was. The route table reads the signature when a view is mounted, and a view that does not
    take what its path holds would be found out at the first request instead of at the start.
    functools knows how to give a wrapper the name and signature of what it wraps."""

    def surrounded(request, **parameters):
        try:
            for before in self.before_functions:
                answer = before(request)
                if answer is not None:
                    break
            else:
                answer = view(request, **parameters)
            response = to_response(answer)
        except Exception as error:
            response = self.answer_error(request, error)
        for after in self.after_functions:
            changed = after(request, response)
            if not isinstance(changed, Response):
                problem = f"{after.__name__} runs after views and returns a Response"
                raise TypeError(f"{problem}, not {changed!r}")
            response = changed
        return response

    return surrounded
