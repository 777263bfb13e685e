"""7.6, verify_password: wrong answers. course/chaffs.py says how this file is read."""


def new_salt(password, hashed):
    """Your function behaves like one that hashes the password with a new salt and expects the same
    text. The salt is random: no two hashes are equal, not even of one password. Take the salt out
    of the hashed text."""
    if hashed is None:
        hash_password(password)
        return False
    try:
        scheme, n, r, p, salt, key = hashed.split("$")
        actual = hash_password(password, int(n), int(r), int(p))
        return scheme == "scrypt" and hmac.compare_digest(actual, hashed)
    except (ValueError, TypeError, OverflowError):
        return False


def cost_of_today(password, hashed):
    """Your function behaves like one that hashes with today's cost. It will be raised some day, and
    then nobody who registered before could log in. What a hash has cost stands in its text."""
    if hashed is None:
        hash_password(password)
        return False
    try:
        scheme, n, r, p, salt, key = hashed.split("$")
        actual = derive_key(password, bytes.fromhex(salt), N, R, P)
        return scheme == "scrypt" and hmac.compare_digest(actual, bytes.fromhex(key))
    except (ValueError, TypeError, OverflowError):
        return False


def equals_sign(password, hashed):
    """Your function behaves like one that compares the keys with ==. That stops at the first byte
    that differs, and its time tells how many are right: a key can be found byte by byte.
    hmac.compare_digest() always takes as long."""
    if hashed is None:
        hash_password(password)
        return False
    try:
        scheme, n, r, p, salt, key = hashed.split("$")
        actual = derive_key(password, bytes.fromhex(salt), int(n), int(r), int(p))
        return scheme == "scrypt" and actual == bytes.fromhex(key)
    except (ValueError, TypeError, OverflowError):
        return False


def unknown_user_at_once(password, hashed):
    """Your function behaves like one that has its answer at once where there is no user. A hash
    takes a fifth of a second, nothing takes none, so the clock tells strangers which names have an
    account here. Somebody must still pay for a hash, and for no cheaper one."""
    if hashed is None:
        return False
    try:
        scheme, n, r, p, salt, key = hashed.split("$")
        actual = derive_key(password, bytes.fromhex(salt), int(n), int(r), int(p))
        return scheme == "scrypt" and hmac.compare_digest(actual, bytes.fromhex(key))
    except (ValueError, TypeError, OverflowError):
        return False


def garbage_is_an_exception(password, hashed):
    """Your function behaves like one that lets out the exceptions of a text that is no hash. The
    table may hold an old format, or half of a hash: the user's password is wrong then, and the site
    must not fail. The answer is True or False, whatever the text is."""
    if hashed is None:
        hash_password(password)
        return False
    scheme, n, r, p, salt, key = hashed.split("$")
    actual = derive_key(password, bytes.fromhex(salt), int(n), int(r), int(p))
    return scheme == "scrypt" and hmac.compare_digest(actual, bytes.fromhex(key))


def scheme_is_not_looked_at(password, hashed):
    """Your function behaves like one that takes every text for scrypt's. The scheme stands in front
    so that there can be another one some day: a hash of that must not be read as one of this. Look
    at it before you say True."""
    if hashed is None:
        hash_password(password)
        return False
    try:
        scheme, n, r, p, salt, key = hashed.split("$")
        actual = derive_key(password, bytes.fromhex(salt), int(n), int(r), int(p))
        return hmac.compare_digest(actual, bytes.fromhex(key))
    except (ValueError, TypeError, OverflowError):
        return False


def characters_as_typed(password, hashed):
    """Your function behaves like one that hashes the characters as they were typed. An é is one
    character on one keyboard and two on another, and it is the same password (RFC 8265 section
    4.2); and not all that can be typed is UTF-8. derive_key() takes care of both."""
    if hashed is None:
        hash_password(password)
        return False
    try:
        scheme, n, r, p, salt, key = hashed.split("$")
        salt = bytes.fromhex(salt)
        actual = hashlib.scrypt(
            password.encode(), salt=salt, n=int(n), r=int(r), p=int(p), maxmem=MAX_MEMORY, dklen=32
        )
        return scheme == "scrypt" and hmac.compare_digest(actual, bytes.fromhex(key))
    except (ValueError, TypeError, OverflowError):
        return False
