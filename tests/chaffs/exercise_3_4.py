"""3.4, ThreadPool._work: wrong answers. course/chaffs.py says how this file is read."""


def one_job_in_a_life(self):
    """Your function behaves like one that does a single job. When it returns, its thread ends, and
    nobody starts another: after eight jobs the pool is empty. A worker takes the next job, and ends
    when the queue says that there will be none."""
    try:
        job = self._queue.get()
    except QueueClosed:
        return
    try:
        job()
    except BaseException:
        logger.exception("a job failed")


def dies_with_its_job(self):
    """Your function behaves like one that lets the exception of a job pass. It ends the thread, and
    a worker that died is missing for good: eight such jobs, and the server accepts and never
    answers. A bug in a job is the job's affair; the worker goes on."""
    while True:
        try:
            job = self._queue.get()
        except QueueClosed:
            return
        job()


def sys_exit_ends_it(self):
    """Your function behaves like one that catches Exception. sys.exit() raises SystemExit, which is
    none: in a worker it does not end the program but this thread, and in silence. Look at which
    class stands above both."""
    while True:
        try:
            job = self._queue.get()
        except QueueClosed:
            return
        try:
            job()
        except Exception:
            logger.exception("a job failed")


def one_try_for_both(self):
    """Your function behaves like one that has get() and the job in one try block. QueueClosed out
    of get() means that the day is over; out of a job, which may use a queue of its own, it means
    nothing of the kind, and must not end the worker. Keep the two apart."""
    while True:
        try:
            job = self._queue.get()
            job()
        except QueueClosed:
            return
        except BaseException:
            logger.exception("a job failed")


def hides_what_failed(self):
    """Your function behaves like one that passes over the exception of a job in silence. The worker
    lives on, and nobody ever learns that something is wrong: no client, no log. Whoever submitted
    the job has gone on long ago, so write down here what happened."""
    while True:
        try:
            job = self._queue.get()
        except QueueClosed:
            return
        try:
            job()
        except BaseException:
            pass


def leaves_after_a_failure(self):
    """Your function behaves like one that logs the failure of a job and then leaves. The log is
    right; but the worker is missing from then on, and with each bug there is one less. Only the end
    of the queue is the end of a worker."""
    try:
        while True:
            try:
                job = self._queue.get()
            except QueueClosed:
                return
            job()
    except BaseException:
        logger.exception("a job failed")


def end_is_an_error(self):
    """Your function behaves like one that does not expect QueueClosed. get() raises it when the
    pool is shut down and no job is left: for a worker that is no failure but the end of its day,
    and each one would leave a traceback. Catch it there, and return."""
    while True:
        job = self._queue.get()
        try:
            job()
        except BaseException:
            logger.exception("a job failed")
