"""5.2, Database.atomic: wrong answers. course/chaffs.py says how this file is read."""


def errors_are_swallowed(self):
    """Your function behaves like one that takes the transaction back and goes on as if nothing had
    happened. The code behind the block would believe that everything is stored. At the yield you
    are only a passer-by of the exception: raise it again."""
    here = self._here
    savepoint = f"SAVEPOINT level_{here.depth}" if here.depth else ""
    self.execute(savepoint or self.dialect.begin)
    here.depth += 1
    try:
        yield
        self.execute(f"RELEASE {savepoint}" if savepoint else "COMMIT")
    except BaseException:
        try:
            self.execute(f"ROLLBACK TO {savepoint}" if savepoint else "ROLLBACK")
        except DatabaseError:
            self.close()
    finally:
        here.depth -= 1


def an_interrupt_is_no_exception(self):
    """Your function behaves like one that takes the transaction back after an Exception and not
    after anything else. KeyboardInterrupt is none, and the connection would be left in the middle
    of a transaction that nobody ends. Catch what all of them are: BaseException."""
    here = self._here
    savepoint = f"SAVEPOINT level_{here.depth}" if here.depth else ""
    self.execute(savepoint or self.dialect.begin)
    here.depth += 1
    try:
        yield
        self.execute(f"RELEASE {savepoint}" if savepoint else "COMMIT")
    except Exception:
        try:
            self.execute(f"ROLLBACK TO {savepoint}" if savepoint else "ROLLBACK")
        except DatabaseError:
            self.close()
        raise
    finally:
        here.depth -= 1


def without_commit_nothing_is_stored(self):
    """Your function behaves like one that does nothing after an error, because what is not
    committed is not stored. The transaction is still open: the next statement on this connection
    belongs to it, and other threads wait for its locks. It has to be ended, one way or the
    other."""
    here = self._here
    savepoint = f"SAVEPOINT level_{here.depth}" if here.depth else ""
    self.execute(savepoint or self.dialect.begin)
    here.depth += 1
    try:
        yield
        self.execute(f"RELEASE {savepoint}" if savepoint else "COMMIT")
    finally:
        here.depth -= 1


def each_block_is_a_transaction(self):
    """Your function behaves like one that begins a transaction for each block. Databases know one
    transaction a connection: SQLite refuses a second one, and MySQL stores what the first has
    written so far. Inside another block a savepoint takes its place (SAVEPOINT, RELEASE, ROLLBACK
    TO)."""
    here = self._here
    self.execute(self.dialect.begin)
    here.depth += 1
    try:
        yield
        self.execute("COMMIT")
    except BaseException:
        try:
            self.execute("ROLLBACK")
        except DatabaseError:
            self.close()
        raise
    finally:
        here.depth -= 1


def an_inner_block_is_no_block(self):
    """Your function behaves like one that does nothing for a block inside another. Then an error
    that is caught between the two takes nothing back, and half of the inner block is stored. Set a
    savepoint where it begins, to have a place to go back to."""
    here = self._here
    if here.depth == 0:
        self.execute(self.dialect.begin)
    here.depth += 1
    try:
        yield
        if here.depth == 1:
            self.execute("COMMIT")
    except BaseException:
        if here.depth == 1:
            try:
                self.execute("ROLLBACK")
            except DatabaseError:
                self.close()
        raise
    finally:
        here.depth -= 1


def an_inner_error_takes_everything_back(self):
    """Your function behaves like one that answers an error of an inner block by ROLLBACK. That ends
    the whole transaction: what the outer block wrote before is lost, and what it writes afterwards
    is stored at once, by itself. Go back to the inner block's savepoint, and no further."""
    here = self._here
    savepoint = f"SAVEPOINT level_{here.depth}" if here.depth else ""
    self.execute(savepoint or self.dialect.begin)
    here.depth += 1
    try:
        yield
        self.execute(f"RELEASE {savepoint}" if savepoint else "COMMIT")
    except BaseException:
        try:
            self.execute("ROLLBACK")
        except DatabaseError:
            self.close()
        raise
    finally:
        here.depth -= 1


def an_inner_block_commits(self):
    """Your function behaves like one that ends an inner block by COMMIT. That ends the transaction
    of the outer block, too, and if the outer one fails later, half of it is stored. An inner block
    has nothing to commit: it gives up its savepoint (RELEASE), and the outermost one decides."""
    here = self._here
    savepoint = f"SAVEPOINT level_{here.depth}" if here.depth else ""
    self.execute(savepoint or self.dialect.begin)
    here.depth += 1
    try:
        yield
        self.execute("COMMIT")
    except BaseException:
        try:
            self.execute(f"ROLLBACK TO {savepoint}" if savepoint else "ROLLBACK")
        except DatabaseError:
            self.close()
        raise
    finally:
        here.depth -= 1


def a_commit_cannot_fail(self):
    """Your function behaves like one that counts on COMMIT. The database may refuse it: a full
    disk, a lost connection, a rule that is checked at the end. The transaction would stay open,
    with everything that comes after in it, so COMMIT belongs to what is tried."""
    here = self._here
    savepoint = f"SAVEPOINT level_{here.depth}" if here.depth else ""
    self.execute(savepoint or self.dialect.begin)
    here.depth += 1
    try:
        yield
    except BaseException:
        try:
            self.execute(f"ROLLBACK TO {savepoint}" if savepoint else "ROLLBACK")
        except DatabaseError:
            self.close()
        raise
    else:
        self.execute(f"RELEASE {savepoint}" if savepoint else "COMMIT")
    finally:
        here.depth -= 1


def a_rollback_cannot_fail(self):
    """Your function behaves like one that counts on ROLLBACK. Where the connection is lost, it
    fails as well: its error takes the place of the one that tells what went wrong, and what is open
    stays open. Then close the connection, with which the database takes everything back, and let
    the first error go on."""
    here = self._here
    savepoint = f"SAVEPOINT level_{here.depth}" if here.depth else ""
    self.execute(savepoint or self.dialect.begin)
    here.depth += 1
    try:
        yield
        self.execute(f"RELEASE {savepoint}" if savepoint else "COMMIT")
    except BaseException:
        self.execute(f"ROLLBACK TO {savepoint}" if savepoint else "ROLLBACK")
        raise
    finally:
        here.depth -= 1


def the_depth_stays_after_an_error(self):
    """Your function behaves like one that counts the depth down only when a block ends well. After
    an error, this thread would seem to be in a block for ever: the next one would set a savepoint
    with no transaction around it. Whatever happens, the block is over; `finally` is for that."""
    here = self._here
    savepoint = f"SAVEPOINT level_{here.depth}" if here.depth else ""
    self.execute(savepoint or self.dialect.begin)
    here.depth += 1
    try:
        yield
        self.execute(f"RELEASE {savepoint}" if savepoint else "COMMIT")
        here.depth -= 1
    except BaseException:
        try:
            self.execute(f"ROLLBACK TO {savepoint}" if savepoint else "ROLLBACK")
        except DatabaseError:
            self.close()
        raise


def a_plain_begin_on_sqlite(self):
    """Your function behaves like one that begins by BEGIN on SQLite. That takes the write lock only
    at the first write, and is refused if somebody has written since the block read (sqlite.org,
    lang_transaction.html, section 2.2): no waiting would help. How a transaction begins is
    particular to each database; ask self.dialect."""
    here = self._here
    savepoint = f"SAVEPOINT level_{here.depth}" if here.depth else ""
    self.execute(savepoint or "BEGIN")
    here.depth += 1
    try:
        yield
        self.execute(f"RELEASE {savepoint}" if savepoint else "COMMIT")
    except BaseException:
        try:
            self.execute(f"ROLLBACK TO {savepoint}" if savepoint else "ROLLBACK")
        except DatabaseError:
            self.close()
        raise
    finally:
        here.depth -= 1
