"""1.1, listen: wrong answers. course/chaffs.py says how this file is read."""


def without_reuse_address(host, port):
    """Your function behaves like one that leaves out SO_REUSEADDR, or sets it after bind(). The
    kernel keeps closed connections in TIME_WAIT for a minute, and refuses their port to a server
    that starts again. Say before bind() that you want it all the same: socket(7)."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind((host, port))
    listener.listen(BACKLOG)
    return listener


def backlog_of_one(host, port):
    """Your function behaves like one that lets a single client wait. The number that listen() takes
    says how many completed connections the kernel keeps while you are busy; whoever comes when it
    is reached waits for seconds. BACKLOG is there for it: listen(2)."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(1)
    return listener


def on_every_interface(host, port):
    """Your function behaves like one that listens on every interface, whatever host says. Then the
    whole network can reach a server that was meant for this machine alone. An address has two
    parts, and bind() wants both of those that you were given."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("", port))
    listener.listen(BACKLOG)
    return listener


def on_this_machine_only(host, port):
    """Your function behaves like one that listens on 127.0.0.1, whatever host says. That is a good
    default, and whoever calls has chosen it already; one who asks for another interface must get
    it. Look at what you give to bind()."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(BACKLOG)
    return listener


def bound_and_not_listening(host, port):
    """Your function behaves like one that gives the socket an address and stops there. A socket
    that is only bound refuses every client: it must also be told to complete connections. Which of
    its methods does that, and how many clients may wait: listen(2)."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    return listener


def reuse_port(host, port):
    """Your function behaves like one that sets SO_REUSEPORT. That option lets two servers share a
    port, and the kernel gives each client to one of them: a second server must fail here instead.
    What helps after a restart has a similar name: socket(7)."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((host, port))
    listener.listen(BACKLOG)
    return listener


def closed_by_with(host, port):
    """Your function behaves like one that returns a socket which is closed already. A `with` block
    closes its socket at the end, also where that end is a `return`; and a try with a `finally` can
    do the same. Who calls you needs it open, and will close it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
        return listener
